"""manage.py export_edxml: take an issued document out as an edXML package."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from workflow.actions.document.edoc import export_edoc
from workflow.core.errors import ActionError
from workflow.queries.clock import current_moment


class Command(BaseCommand):
    """Writes the package beside where it is run; the trail says that it was taken out from the server's console."""

    help = "Xuất gói edXML của một văn bản đã phát hành (chưa đối chiếu với lược đồ chính thức; không gửi đi)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("document_id", metavar="ID", type=int, help="số trong địa chỉ trang văn bản (/van-ban/ID/)")
        parser.add_argument("-o", "--output", metavar="TỆP", type=Path, help="tệp ghi ra; mặc định tên của gói")

    def handle(self, *, document_id: int, output: Path | None, **_options: object) -> None:
        """Export and say what is to be known.

        :raises CommandError: when there can be no package, or the file is there already or cannot be written.
        """
        if output is not None and output.exists():
            raise CommandError(f"Tệp {output} đã có; hãy chọn tên khác.")
        try:
            package = export_edoc(document_id, by=None, now=current_moment())
        except ActionError as error:
            raise CommandError(str(error)) from error
        target = output or Path(package.name)
        try:
            with target.open("xb") as file:
                file.write(package.content)
        except OSError as error:
            raise CommandError(f"Không ghi được {target}: {error.strerror}.") from error
        self.stdout.write(f"Đã ghi {target} (SHA-256 {package.sha256}).")
        self.stdout.write("Gói chưa được đối chiếu với lược đồ chính thức của QCVN 102.")
        for remark in package.remarks:
            self.stdout.write(f"- {remark}")
