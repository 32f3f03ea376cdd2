"""manage.py sign_document: put a person's, or the organisation's, digital signature on an issued document's PDF."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from workflow.actions.document import Signing, sign_pdf
from workflow.choices import SignatureRole
from workflow.core.errors import ActionError
from workflow.core.signature import Pkcs12Key, SigningKey, TokenKey
from workflow.models import Person
from workflow.permissions import Actor
from workflow.queries.clock import current_moment
from workflow.queries.unit import load_actor

LARGEST_FILE = 5 * 1024 * 1024
TOKEN_OPTIONS = ("pkcs11", "token", "key")


class Command(BaseCommand):
    """Runs where the key is: beside the signer's or văn thư's token, with this site's database and files."""

    help = "Ký số bản PDF của văn bản đã phát hành, bằng tệp PKCS#12 hoặc thiết bị ký PKCS#11 của chính người ký."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments. The passphrase is no argument, since every process of the machine can read those."""
        parser.add_argument("document", type=int, metavar="MÃ", help="Mã văn bản: số trong địa chỉ trang /van-ban/MÃ/.")
        parser.add_argument("--role", required=True, choices=SignatureRole.values, help="Chữ ký của ai.")
        parser.add_argument("--by", required=True, metavar="TÀI-KHOẢN", help="Tài khoản của người ký.")
        parser.add_argument("--pkcs12", type=Path, metavar="TỆP", help="Tệp PKCS#12 (.p12, .pfx).")
        parser.add_argument("--pkcs11", metavar="THƯ-VIỆN", help="Đường dẫn thư viện PKCS#11 của thiết bị ký.")
        parser.add_argument("--token", metavar="TÊN", help="Tên (label) của thiết bị ký.")
        parser.add_argument("--key", metavar="TÊN", help="Tên (label) của khóa trong thiết bị.")
        parser.add_argument("--certificate", default="", metavar="TÊN", help="Tên chứng thư, nếu khác tên khóa.")
        parser.add_argument("--image", type=Path, metavar="TỆP", help="Ảnh chữ ký hoặc ảnh dấu, PNG nền trong suốt.")
        parser.add_argument(
            "--secret-file", type=Path, metavar="TỆP", help="Tệp chứa mật khẩu hoặc PIN; không có thì lệnh hỏi."
        )

    def handle(self, *_args: object, **options: object) -> None:
        """Sign, and say whose certificate it was."""
        now = current_moment()
        person = Person.objects.filter(username=options["by"]).first()
        if person is None:
            raise CommandError(f"Không có tài khoản “{options['by']}”.")
        image = _read(options["image"])
        try:
            actor: Actor = load_actor(person, now=now)
            signature = sign_pdf(
                int(str(options["document"])),
                Signing(key=self._key(options), image=image),
                role=SignatureRole(str(options["role"])),
                by=actor,
                now=now,
            )
        except ActionError as error:
            raise CommandError(str(error)) from error
        stamped = ", có dấu thời gian" if signature.timestamped else ", không có dấu thời gian"
        self.stdout.write(
            f"Đã ký số văn bản {signature.document.full_number} ({signature.get_role_display().lower()}){stamped}."
        )
        self.stdout.write(
            f"Chứng thư: {signature.certificate_subject}; nơi cấp: {signature.certificate_issuer}; "
            f"số {signature.certificate_serial}."
        )
        self.stdout.write(f"SHA-256 của tệp đã ký: {signature.sha256}")

    def _key(self, options: dict[str, object]) -> SigningKey:
        """Return the key that the options name, asking for its passphrase or PIN."""
        given = [name for name in TOKEN_OPTIONS if options[name]]
        if bool(options["pkcs12"]) == bool(given):
            raise CommandError("Hãy chọn một: --pkcs12 TỆP, hoặc --pkcs11 THƯ-VIỆN --token TÊN --key TÊN.")
        if options["pkcs12"]:
            content = _read(options["pkcs12"]) or b""
            return Pkcs12Key(content, self._secret(options, "Mật khẩu của tệp PKCS#12: "))
        if len(given) < len(TOKEN_OPTIONS):
            raise CommandError("Ký bằng thiết bị cần đủ --pkcs11, --token và --key.")
        module, token, key = (str(options[name]) for name in TOKEN_OPTIONS)
        pin = self._secret(options, f"Mã PIN của thiết bị “{token}”: ")
        return TokenKey(module, token, key, pin, str(options["certificate"]))

    def _secret(self, options: dict[str, object], question: str) -> str:
        if options["secret_file"] is not None:
            content = _read(options["secret_file"]) or b""
            return content.decode(errors="replace").rstrip("\r\n")
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\r\n")
        return getpass.getpass(question)


def _read(path: object) -> bytes | None:
    """Return a file's content, None where no file is named.

    :raises CommandError: when it can't be read or is far too big.
    """
    if not isinstance(path, Path):
        return None
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise CommandError(f"Tệp {path} quá lớn.")
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"Không đọc được tệp {path}.") from error
