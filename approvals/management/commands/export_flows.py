"""manage.py export_flows: write each flow as a BPMN 2.0 file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from approvals.flows import FLOWS
from approvals.queries.bpmn import bpmn_of


class Command(BaseCommand):
    """Writes one file a flow, named by its kind."""

    help = "Xuất từng quy trình phê duyệt ra tệp BPMN 2.0 trong thư mục đã cho."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the folder."""
        parser.add_argument("folder", metavar="THƯ-MỤC", type=Path)

    def handle(self, *, folder: Path, **_options: object) -> None:
        """Write the files, each whole or not at all.

        :raises CommandError: when the folder can't be made or written.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for kind, flow_class in FLOWS.items():
                path = folder / f"quy-trinh-{kind.value}.bpmn"
                draft = path.with_suffix(".tmp")
                draft.write_bytes(bpmn_of(kind.value, flow_class))
                draft.replace(path)
                self.stdout.write(f"{kind.label}: {path}")
        except OSError as error:
            raise CommandError(f"Không ghi được vào {folder}: {error.strerror}. Hãy chọn thư mục khác.") from error
