"""manage.py verify_document: is a PDF what was issued here; do file, hash, register, trail and signatures agree?"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from workflow.adapters.signature import read_signatures
from workflow.core.hashchain import plain
from workflow.core.signature import FoundSignature, Unreadable
from workflow.queries.clock import current_moment
from workflow.queries.paperproof import PaperProof, prove_file

UNREADABLE = 2


class Command(BaseCommand):
    """Ends with 0 when all agrees and the document still stands, 1 when not, 2 when nothing could be looked at."""

    help = (
        "Kiểm tra một tệp PDF: có đúng là văn bản đã phát hành không; tệp, mã băm, sổ, nhật ký, chữ ký có khớp không."
    )
    requires_system_checks: list[str] = []
    """Whoever looks for damage must be able to, whatever else is wrong."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path, metavar="TỆP")
        parser.add_argument("--json", action="store_true", help="In kết quả dạng JSON cho máy đọc.")

    def handle(self, *_args: object, **options: object) -> None:
        """Look, and tell."""
        path, as_json = options["file"], bool(options["json"])
        try:
            proof = _look(_read(path if isinstance(path, Path) else Path(str(path))))
        except CommandError as error:
            self._refuse(str(error), as_json=as_json)
        except DatabaseError as error:
            self._refuse(f"Không đọc được cơ sở dữ liệu nên chưa đối chiếu được: {error}", as_json=as_json)
        if proof.unread and proof.known is None:
            self._refuse(proof.unread, as_json=as_json)
        if as_json:
            self.stdout.write(json.dumps(plain(proof.as_data()), ensure_ascii=False, indent=2))
        else:
            self._print(proof)
        if not proof.ok:
            sys.exit(1)

    def _refuse(self, words: str, *, as_json: bool) -> NoReturn:
        if as_json:
            self.stdout.write(json.dumps({"ok": False, "match": "unreadable", "verdict": words}, ensure_ascii=False))
            sys.exit(UNREADABLE)
        raise CommandError(words, returncode=UNREADABLE)

    def _print(self, proof: PaperProof) -> None:
        out = self.stdout.write
        out(proof.verdict)
        out(f"SHA-256 của tệp: {proof.sha256}")
        for check in proof.checks:
            out(f"[{'khớp' if check.ok else 'KHÔNG KHỚP'}] {check.label}: {check.found}")
        if proof.unread:
            out(proof.unread)
        elif not proof.signatures:
            out("Tệp này không có chữ ký số.")
        for number, found in enumerate(proof.signatures, 1):
            self._print_signature(number, found)
        out("Không hỏi nơi cấp xem chứng thư có bị thu hồi hay không.")

    def _print_signature(self, number: int, found: FoundSignature) -> None:
        out = self.stdout.write
        holder = found.certificate.subject if found.certificate is not None else "không rõ"
        out(f"{'Dấu thời gian' if found.only_stamp else 'Chữ ký'} {number}: {holder}: {found.said}.")
        if found.certificate is not None:
            one = found.certificate
            span = f"{one.valid_from:%d/%m/%Y} – {one.valid_until:%d/%m/%Y}"
            out(f"    Chứng thư: {found.trust.label}. Nơi cấp: {one.issuer}; số {one.serial}; hiệu lực {span}.")
        if found.claimed_at is not None:
            out(f"    Giờ ký do máy người ký ghi: {timezone.localtime(found.claimed_at):%H:%M:%S %d/%m/%Y}.")
        if found.stamp_broken:
            out("    Dấu thời gian KHÔNG hợp lệ.")
        elif found.stamped_at is not None:
            trusted = "" if found.stamp_trusted else " (nơi cấp dấu chưa có trong danh mục tin cậy)"
            at = f"{timezone.localtime(found.stamped_at):%H:%M:%S %d/%m/%Y}"
            out(f"    Dấu thời gian: {at}, {found.stamped_by}{trusted}.")
        else:
            out("    Không có dấu thời gian.")


def _look(content: bytes) -> PaperProof:
    """Return what is known of the content; one whose signatures can't be read may still begin as a known file does."""
    try:
        signatures = read_signatures(content, settings.TRUST_DIR, at=current_moment())
    except Unreadable as error:
        return prove_file(content, (), actor=None, unread=str(error))
    return prove_file(content, signatures, actor=None)


def _read(path: Path) -> bytes:
    """Return the file's content.

    :raises CommandError: when it can't be read or is bigger than what is verified.
    """
    try:
        if path.stat().st_size > settings.VERIFY_MAX_BYTES:
            limit = settings.VERIFY_MAX_BYTES // 1024 // 1024
            raise CommandError(f"Tệp lớn quá {limit} MB (biến DONDOC_VERIFY_MAX_BYTES) nên không kiểm tra.")
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"Không đọc được tệp {path}.") from error
