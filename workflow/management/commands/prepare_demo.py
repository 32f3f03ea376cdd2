"""manage.py prepare_demo: build the demonstration in an empty database, once."""

from __future__ import annotations

from argparse import ArgumentParser
from time import monotonic

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone

from workflow.actions.rehearsal import is_demonstration, prepare_demonstration
from workflow.core.errors import ActionError
from workflow.management.progress import ProgressLine


class Command(BaseCommand):
    """Builds everything in one transaction, or tells at once that it stands already."""

    help = "Dựng dữ liệu trình diễn trong cơ sở dữ liệu còn trống (kế hoạch 2022 diễn đến 21/11/2022)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--quiet", action="store_true", help="không in tiến độ và kết quả")

    def handle(self, *, quiet: bool, **_options: object) -> None:
        """Build, or return at once.

        :raises CommandError: outside a demonstration, for a database with other data, or while another builds.
        """
        if not settings.DEMONSTRATION:
            raise CommandError("Chỉ dựng dữ liệu trình diễn khi DONDOC_DEMONSTRATION=1.")
        if is_demonstration():
            if not quiet:
                self.stdout.write("Dữ liệu trình diễn đã có.")
            return
        begun = monotonic()
        if not quiet:
            self.stdout.write("Đang dựng dữ liệu trình diễn lần đầu (khoảng một phút)…")
        line = None if quiet else ProgressLine(self.stdout)
        try:
            summary = prepare_demonstration(now=timezone.now(), progress=line)
        except OperationalError as error:
            message = f"Cơ sở dữ liệu đang bận, có thể một lệnh khác đang dựng trình diễn; hãy thử lại sau ({error})."
            raise CommandError(message) from error
        except ActionError as error:
            raise CommandError("\n".join([str(error), *getattr(error, "__notes__", ())])) from error
        if quiet or summary is None:
            return
        if line is not None:
            line.end()
        for text in summary.lines():
            self.stdout.write(text)
        self.stdout.write(f"Đã dựng xong dữ liệu trình diễn trong {monotonic() - begun:.0f} giây.")
