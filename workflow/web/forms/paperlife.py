"""What is typed when an issued document is replaced, corrected or recalled."""

from __future__ import annotations

from workflow.forms import PlainForm, ProseField


class ReplaceForm(PlainForm):
    """Why an issued document is replaced."""

    reason = ProseField(
        label="Lý do thay thế",
        max_length=2000,
        help_text="Nêu chỗ sai về nội dung. Ví dụ: Ghi sai thời hạn báo cáo tại đoạn cuối.",
    )


class CorrectForm(PlainForm):
    """What stands wrong in an issued document, and what is right."""

    wrong = ProseField(label="Nội dung đã in", max_length=4000, help_text="Chép đúng như trên văn bản, chỉ phần sai.")
    right = ProseField(label="Nội dung đúng", max_length=4000)
    recipients = ProseField(
        label="Kính gửi",
        max_length=40000,
        help_text="Mỗi nơi một dòng; ghi sẵn theo văn bản đã phát hành.",
    )

    def clean_recipients(self) -> tuple[str, ...]:
        """Return the lines that say something."""
        lines = (line.strip() for line in str(self.cleaned_data["recipients"]).splitlines())
        return tuple(line for line in lines if line)


class RecallForm(PlainForm):
    """Why an issued document is called back."""

    reason = ProseField(
        label="Lý do thu hồi", max_length=2000, help_text="Nêu căn cứ, người quyết định. Lý do được gửi kèm thông báo."
    )
