"""manage.py make_demo_certificates: keys of a demonstration, whose every name says TRÌNH DIỄN."""

from __future__ import annotations

import os
import secrets
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate

from workflow.adapters.signature import make_demo_files
from workflow.choices import Role
from workflow.core.errors import ActionError
from workflow.queries.clock import current_moment
from workflow.queries.document import head_on
from workflow.queries.unit.grants import memberships_in_force

SINCE = datetime(2022, 1, 1, tzinfo=UTC)
"""The demonstration's year: its clock and the machine's must both lie within the certificates' time."""

AUTHORITY, LEADER, ORGANISATION = "noi-cap-trinh-dien.pem", "lanh-dao.p12", "co-quan.p12"


class Command(BaseCommand):
    """Writes three files into a directory; refuses to write over any, and to run outside a demonstration."""

    help = "Tạo chứng thư số TRÌNH DIỄN: nơi cấp, một lãnh đạo, và cơ quan. Không có giá trị pháp lý."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("directory", type=Path, metavar="THƯ-MỤC")
        parser.add_argument("--leader", metavar="HỌ-TÊN", help="Người ký; không ghi thì là Lãnh đạo Sở trình diễn.")
        parser.add_argument("--organisation", metavar="TÊN", help="Cơ quan; không ghi thì là Sở trong dữ liệu.")
        parser.add_argument("--passphrase", metavar="MẬT-KHẨU", help="Mật khẩu của hai tệp; không ghi thì ngẫu nhiên.")

    def handle(self, *_args: object, **options: object) -> None:
        """Make the keys and say where they are."""
        if not settings.DEMONSTRATION:
            raise CommandError("Chỉ tạo chứng thư trình diễn khi trình diễn (DONDOC_DEMONSTRATION=1).")
        place = Path(str(options["directory"]))
        passphrase = str(options["passphrase"] or secrets.token_urlsafe(12))
        leader = str(options["leader"] or _leader())
        organisation = str(options["organisation"] or _organisation())
        made = make_demo_files(leader, organisation, passphrase, since=min(SINCE, current_moment()))
        contents = {AUTHORITY: made.authority, LEADER: made.leader, ORGANISATION: made.organisation}
        try:
            place.mkdir(parents=True, exist_ok=True)
            there = [name for name in contents if (place / name).exists()]
            if there:
                raise CommandError(f"Thư mục {place} đã có {', '.join(there)}; hãy chọn thư mục khác.")
            for name, content in contents.items():
                _write(place / name, content)
        except OSError as error:
            raise CommandError(f"Không ghi được vào thư mục {place}.") from error
        out = self.stdout.write
        out("Đã tạo chứng thư TRÌNH DIỄN, KHÔNG có giá trị pháp lý; chỉ ký được trên bản trình diễn.")
        out(f"  {place / LEADER}: {leader}")
        out(f"  {place / ORGANISATION}: {organisation}")
        out(f"  {place / AUTHORITY}: chứng thư của nơi cấp (khóa của nơi cấp đã bỏ)")
        if options["passphrase"]:
            out("Mật khẩu của hai tệp: như ông/bà đã cho.")
        else:
            out(f"Mật khẩu của hai tệp: {passphrase}")
        out(f"Ký thử: manage.py sign_document MÃ --role signer --by TÀI-KHOẢN --pkcs12 {place / LEADER}")


def _leader() -> str:
    places = memberships_in_force(localdate(current_moment())).filter(role=Role.LEADER)
    first = places.select_related("person").order_by("pk").first()
    return first.person.full_name if first is not None else "Nguyễn Văn Mẫu"


def _organisation() -> str:
    try:
        return head_on(localdate(current_moment())).name
    except ActionError:
        return "Sở Kế hoạch và Đầu tư"


def _write(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
