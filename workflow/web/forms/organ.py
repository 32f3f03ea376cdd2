"""What is typed of a body that receives documents."""

from __future__ import annotations

from workflow.core.metadata import LONGEST_ORGAN_ID
from workflow.forms import DayField, LineField, PlainForm


class OrganForm(PlainForm):
    """A body's identifier from a day on."""

    organ_id = LineField(
        label="Mã định danh",
        required=False,
        short=True,
        max_length=LONGEST_ORGAN_ID,
        help_text="Theo Quyết định 20/2020/QĐ-TTg: một chữ A–Y và hai chữ số ở đầu. Chưa biết thì để trống.",
    )
    valid_from = DayField(label="Dùng từ ngày", help_text="Văn bản phát hành trước ngày này không mang mã này.")
