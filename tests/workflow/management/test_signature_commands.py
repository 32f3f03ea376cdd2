"""manage.py sign_document, verify_document, make_demo_certificates: as an officer runs them."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from tests.factories import House, at, make_actor
from tests.signing import (
    BODY,
    ORGANISATION,
    PASSPHRASE,
    PIN,
    SOFTHSM,
    Desk,
    authority,
    holder,
    make_desk,
    picture,
    token,
)
from workflow.actions.unit import sync_grants
from workflow.choices import Role
from workflow.models import DemonstrationClock, DocumentSignature, Person, Recall
from workflow.queries.clock import forget_clock

pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")
"""WeasyPrint leaves its colour profile open after a PDF/A; nothing of ours."""


@pytest.fixture(autouse=True)
def _own_places(settings: Settings, tmp_path: Path) -> None:
    stored = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": stored}
    settings.TRUST_DIR = tmp_path / "trust"
    settings.TRUST_DIR.mkdir()
    (settings.TRUST_DIR / "noi-cap.pem").write_bytes(authority().pem)
    settings.TSA_URL = ""
    settings.DEMONSTRATION = True


@pytest.fixture
def desk(house: House) -> Desk:
    """The demonstration's clock stands on the document's Monday."""
    DemonstrationClock.objects.create(real_at=timezone.now(), shown_at=at(date(2022, 10, 3), "11:00"))
    forget_clock()
    made = make_desk(house)
    sync_grants(by=None, now=at(date(2022, 10, 3)))
    return made


def run(*words: object) -> tuple[int, str]:
    """Run a command, and return how it ended and what it printed."""
    out = io.StringIO()
    try:
        call_command(*[str(word) for word in words], stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def username(desk: Desk, person_id: int) -> str:
    return Person.objects.get(pk=person_id).username


@pytest.fixture
def files(desk: Desk, tmp_path: Path) -> dict[str, Path]:
    """The signer's key, its passphrase, the picture of the signature, the frozen PDF."""
    contents = {
        "key.p12": holder(desk.signer.name, which=1).pkcs12(),
        "body.p12": holder(BODY, which=2).pkcs12(),
        "secret": f"{PASSPHRASE}\n".encode(),
        "wrong": b"sai\n",
        "pin": PIN.encode(),
        "picture.png": picture(),
        "frozen.pdf": desk.frozen,
        "text.pdf": b"khong phai pdf",
        "added.pdf": desk.frozen + b"\n%%EOF\n",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in contents}


def sign(desk: Desk, files: dict[str, Path], *more: object) -> tuple[int, str]:
    by = username(desk, desk.signer.person_id)
    usual = ("--role", "signer", "--by", by, "--pkcs12", files["key.p12"], "--secret-file", files["secret"])
    return run("sign_document", desk.document.pk, *usual, *more)


# --- signing -------------------------------------------------------------------------------------------------------


def test_signer_and_clerk_sign_with_their_files(desk: Desk, files: dict[str, Path]) -> None:
    code, said = sign(desk, files, "--image", files["picture.png"])
    assert (code, "Đã ký số văn bản 05/SKHĐT-VP (người có thẩm quyền), không có dấu thời gian." in said) == (0, True)
    assert desk.signer.name in said
    clerk = username(desk, desk.house.clerk.person_id)
    key = ("--pkcs12", files["body.p12"], "--secret-file", files["secret"])
    code, said = run("sign_document", desk.document.pk, "--role", "organisation", "--by", clerk, *key)
    assert (code, DocumentSignature.objects.count()) == (0, 2)
    assert PASSPHRASE not in said


@pytest.mark.skipif(not SOFTHSM.exists(), reason="softhsm2 is not installed")
def test_the_signer_signs_with_a_token(desk: Desk, files: dict[str, Path]) -> None:
    made = token(desk.signer.name)
    by = username(desk, desk.signer.person_id)
    key = ("--pkcs11", SOFTHSM, "--token", made.label, "--key", made.key, "--secret-file", files["pin"])
    code, said = run("sign_document", desk.document.pk, "--role", "signer", "--by", by, *key)
    assert (code, "Đã ký số" in said) == (0, True)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--secret-file", "wrong"), "sai mật khẩu"),
        (("--pkcs12", "/khong/co.p12"), "Không đọc được tệp /khong/co.p12"),
        (("--by", "khong-co"), "Không có tài khoản"),
        (("--role", "organisation"), "Chỉ văn thư"),
        (("--pkcs11", "/usr/lib/x.so"), "Hãy chọn một"),
        (("--image", "text.pdf"), "phải là tệp PNG"),
    ],
    ids=["passphrase", "no file", "no person", "not his", "two keys", "no picture"],
)
def test_what_is_wrong_is_said_in_one_line(
    desk: Desk, files: dict[str, Path], more: tuple[str, str], words: str
) -> None:
    option, value = more
    with pytest.raises(CommandError, match=words):
        sign(desk, files, option, files.get(value, value))
    assert not DocumentSignature.objects.exists()


def test_a_token_needs_all_its_names(desk: Desk, files: dict[str, Path]) -> None:
    by = username(desk, desk.signer.person_id)
    with pytest.raises(CommandError, match="cần đủ --pkcs11, --token và --key"):
        run("sign_document", desk.document.pk, "--role", "signer", "--by", by, "--pkcs11", SOFTHSM)


# --- verifying -----------------------------------------------------------------------------------------------------


def test_a_file_that_agrees_ends_with_nought(desk: Desk, files: dict[str, Path]) -> None:
    code, said = run("verify_document", files["frozen.pdf"])
    assert code == 0
    assert said.startswith("Tệp này đúng là bản PDF lúc phát hành của văn bản số 05/SKHĐT-VP ngày 03/10/2022.")
    assert said.count("[khớp]") == 5
    assert "Không hỏi nơi cấp xem chứng thư có bị thu hồi hay không." in said


def test_a_signed_file_tells_of_its_signatures(desk: Desk, files: dict[str, Path], tmp_path: Path) -> None:
    desk.sign()
    (tmp_path / "ky.pdf").write_bytes(desk.stored(desk.sign(ORGANISATION)))
    code, said = run("verify_document", tmp_path / "ky.pdf")
    assert code == 0
    assert f"Chữ ký 1: {desk.signer.name}: hợp lệ; sau chữ ký này tệp chỉ được ký thêm." in said
    assert f"Chữ ký 2: {BODY}: hợp lệ, bao trùm toàn bộ tệp." in said
    assert "do nơi cấp mà hệ thống này tin cậy cấp" in said


def test_a_file_that_does_not_agree_ends_with_one(desk: Desk, files: dict[str, Path]) -> None:
    code, said = run("verify_document", files["added.pdf"])
    assert (code, "SỬA SAU ĐÓ" in said, "Không đọc được tệp PDF" in said) == (1, True, True)
    Recall.objects.create(document=desk.document, reason="Sai", recalled_at=at(date(2022, 10, 3)))
    code, said = run("verify_document", files["frozen.pdf"])
    assert (code, "ĐÃ BỊ THU HỒI" in said) == (1, True)


def test_what_is_no_pdf_ends_with_two(desk: Desk, files: dict[str, Path]) -> None:
    with pytest.raises(CommandError, match="không phải PDF") as refused:
        run("verify_document", files["text.pdf"])
    assert refused.value.returncode == 2
    code, said = run("verify_document", files["text.pdf"], "--json")
    assert (code, json.loads(said)["match"]) == (2, "unreadable")


def test_a_file_that_is_too_big_or_not_there_ends_with_two(
    desk: Desk, files: dict[str, Path], settings: Settings
) -> None:
    with pytest.raises(CommandError, match="Không đọc được tệp") as refused:
        run("verify_document", "/khong/co.pdf")
    assert refused.value.returncode == 2
    settings.VERIFY_MAX_BYTES = 10
    with pytest.raises(CommandError, match="DONDOC_VERIFY_MAX_BYTES"):
        run("verify_document", files["frozen.pdf"])


def test_json_is_for_machines(desk: Desk, files: dict[str, Path]) -> None:
    code, said = run("verify_document", files["frozen.pdf"], "--json")
    data = json.loads(said)
    assert (code, data["ok"], data["number"], data["issued_on"]) == (0, True, "05/SKHĐT-VP", "2022-10-03")
    assert data["document"] == desk.document.pk


# --- the demonstration's certificates ------------------------------------------------------------------------------


def test_demonstration_certificates_are_made_said_to_be_so_and_sign(desk: Desk, tmp_path: Path) -> None:
    place = tmp_path / "khoa"
    _code, said = run("make_demo_certificates", place, "--leader", desk.signer.name, "--passphrase", "mot-hai-ba")
    assert "KHÔNG có giá trị pháp lý" in said
    assert "mot-hai-ba" not in said
    assert sorted(path.name for path in place.iterdir()) == ["co-quan.p12", "lanh-dao.p12", "noi-cap-trinh-dien.pem"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in place.iterdir())
    (tmp_path / "mk").write_text("mot-hai-ba")
    by = username(desk, desk.signer.person_id)
    key = ("--pkcs12", place / "lanh-dao.p12", "--secret-file", tmp_path / "mk")
    code, said = run("sign_document", desk.document.pk, "--role", "signer", "--by", by, *key)
    assert (code, "(TRÌNH DIỄN)" in said) == (0, True)
    clerk = username(desk, desk.house.clerk.person_id)
    key = ("--pkcs12", place / "co-quan.p12", "--secret-file", tmp_path / "mk")
    assert run("sign_document", desk.document.pk, "--role", "organisation", "--by", clerk, *key)[0] == 0
    (tmp_path / "ky.pdf").write_bytes(desk.stored(DocumentSignature.objects.get(ordinal=2)))
    code, said = run("verify_document", tmp_path / "ky.pdf")
    assert (code, said.count("chứng thư TRÌNH DIỄN, không có giá trị pháp lý")) == (0, 2)


def test_without_names_the_demonstrations_own_are_taken_and_a_passphrase_is_made(house: House, tmp_path: Path) -> None:
    make_actor(Role.LEADER, house.leadership, name="Không Phải Người Đầu")
    _code, said = run("make_demo_certificates", tmp_path / "khoa")
    assert house.leader.name in said
    assert BODY in said
    assert len(said.split("Mật khẩu của hai tệp: ")[1].split()[0]) >= 16


def test_nothing_is_written_over(house: House, tmp_path: Path) -> None:
    run("make_demo_certificates", tmp_path / "khoa")
    before = (tmp_path / "khoa" / "lanh-dao.p12").read_bytes()
    with pytest.raises(CommandError, match="hãy chọn thư mục khác"):
        run("make_demo_certificates", tmp_path / "khoa")
    assert (tmp_path / "khoa" / "lanh-dao.p12").read_bytes() == before


def test_outside_a_demonstration_none_is_made(house: House, tmp_path: Path, settings: Settings) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="Chỉ tạo chứng thư trình diễn khi trình diễn"):
        run("make_demo_certificates", tmp_path / "khoa")
    assert not (tmp_path / "khoa").exists()
