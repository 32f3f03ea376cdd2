"""manage.py export_edxml: writes the package, never over a file, and says what is to be known."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import override_settings

from tests.factories import House
from tests.registered import register_document
from workflow.core.edoc import EdocFile
from workflow.models import AuditEvent, Document

CONTENT = b"%PDF-1.7 mau"


@pytest.fixture
def document(house: House, tmp_path: Path) -> Document:
    options = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "kho"}}
    with override_settings(STORAGES={"default": options, "staticfiles": options}):
        name = default_storage.save("mau.pdf", ContentFile(CONTENT))
        sha256 = EdocFile(name="", content=CONTENT).sha256
        yield register_document(house, 5, pdf_name=name, pdf_sha256=sha256, pdf_pages=1)


def run(*words: str) -> str:
    out = StringIO()
    call_command("export_edxml", *words, stdout=out)
    return out.getvalue()


def test_the_package_is_written_where_it_is_asked_for(document: Document, tmp_path: Path) -> None:
    target = tmp_path / "goi.zip"
    said = run(str(document.pk), "-o", str(target))
    assert target.read_bytes().startswith(b"PK")
    assert "chưa được đối chiếu với lược đồ chính thức" in said
    assert "Chưa có mã định danh của: Sở Kế hoạch và Đầu tư; Sở Tài chính" in said
    assert AuditEvent.objects.get(name="document.export").actor_id is None


def test_without_a_name_the_package_bears_its_own(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run(str(document.pk))
    assert [path.name for path in tmp_path.glob("*.zip")] == [
        "edxml-05-SKHDT-VP-2022-10-03-chua-doi-chieu-thieu-ma-dinh-danh.zip"
    ]


def test_a_file_that_is_there_is_never_written_over(document: Document, tmp_path: Path) -> None:
    target = tmp_path / "goi.zip"
    target.write_text("cũ")
    with pytest.raises(CommandError, match="đã có"):
        run(str(document.pk), "-o", str(target))
    assert target.read_text() == "cũ"
    assert not AuditEvent.objects.filter(name="document.export").exists()


def test_what_can_not_be_exported_or_written_is_said_plainly(document: Document, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Không tìm thấy"):
        run("999999")
    with pytest.raises(CommandError, match="Không ghi được"):
        run(str(document.pk), "-o", str(tmp_path / "khong-co" / "goi.zip"))
    Document.objects.filter(pk=document.pk).update(pdf_name="")
    with pytest.raises(CommandError, match="chưa lập xong"):
        run(str(document.pk))
