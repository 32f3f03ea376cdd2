"""Handing in a PDF: to be verified, or signed with a tool of one's own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from workflow.forms import PlainForm


class PdfForm(PlainForm):
    """One PDF."""

    content = forms.FileField(
        label="Tệp PDF",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={
            "required": "Hãy chọn một tệp PDF.",
            "empty": "Tệp rỗng. Hãy chọn tệp khác.",
            "missing": "Hãy chọn một tệp PDF.",
            "invalid": "Không nhận được tệp. Hãy chọn lại.",
        },
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Tell the limit."""
        super().__init__(*args, **kwargs)
        self.fields["content"].help_text = f"Tối đa {settings.VERIFY_MAX_BYTES // 1024 // 1024} MB."

    def clean_content(self) -> Any:
        """Refuse what is too big before it is read.

        :raises ValidationError: when the file passes the limit.
        """
        file = self.cleaned_data["content"]
        if file.size > settings.VERIFY_MAX_BYTES:
            limit = settings.VERIFY_MAX_BYTES // 1024 // 1024
            raise forms.ValidationError(f"Tệp lớn quá {limit} MB nên không được nhận.")
        return file


class SignedPdfForm(PdfForm):
    """The document's PDF as its signer, or văn thư, signed it elsewhere."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Say which file is wanted."""
        super().__init__(*args, **kwargs)
        self.fields["content"].label = "Tệp PDF đã ký số"
        self.fields["content"].help_text = (
            "Chính tệp tải về ở đây, đã ký số thêm đúng một chữ ký, không sửa gì khác. "
            + self.fields["content"].help_text
        )
