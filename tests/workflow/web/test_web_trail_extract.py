"""The extract of the trail from its page: only for the inspector, with what is filtered, the look itself recorded."""

from __future__ import annotations

import io
import json

import pypdf
import pytest

from tests.factories import PERSON_NAMES, House, make_task
from tests.workflow.web.conftest import Enter, assert_clean
from workflow.models import AuditEvent

PAGE = "/nhat-ky/trich-xuat/"


def looks() -> list[dict[str, object]]:
    """What the looks at the trail recorded that they sought."""
    bodies = AuditEvent.objects.filter(name="trail.look").order_by("seq").values_list("body", flat=True)
    return [json.loads(body)["details"]["sought"] for body in bodies]


def test_the_events_that_are_filtered_are_printed_and_the_look_is_recorded(site: House, enter: Enter) -> None:
    wanted, other = make_task(site), make_task(site)
    response = enter(site.inspector).get(f"{PAGE}?nhiem_vu={wanted.code}&su_kien=task.create")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf"
    assert "trich-xuat-nhat-ky-20221003-0900.pdf" in response.headers["Content-Disposition"]
    pages = pypdf.PdfReader(io.BytesIO(response.content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert f"Nhiệm vụ {wanted.code}, bản ghi thứ 1" in text
    assert f"Nhiệm vụ {other.code}," not in text
    assert site.inspector.name in text
    assert looks() == [{"nhiem_vu": wanted.code, "su_kien": "task.create", "trich_xuat": "pdf"}]


@pytest.mark.parametrize("name", [name for name in PERSON_NAMES if name != "inspector"])
def test_nobody_but_the_inspector_prints_the_trail(site: House, enter: Enter, name: str) -> None:
    assert enter(getattr(site, name)).get(PAGE).status_code == 403
    assert looks() == []


@pytest.mark.parametrize("query", ["tu_ngay=32/13/2022", "su_kien=khong.co"])
def test_a_filter_that_makes_no_sense_prints_and_records_nothing(site: House, enter: Enter, query: str) -> None:
    response = enter(site.inspector).get(f"{PAGE}?{query}")
    assert response.status_code == 400
    assert_clean(response.content)
    assert looks() == []


def test_the_page_of_the_trail_offers_it_with_what_is_filtered(site: House, enter: Enter) -> None:
    make_task(site)
    response = enter(site.inspector).get("/nhat-ky/?su_kien=task.create")
    text = response.content.decode()
    assert f'href="{PAGE}?su_kien=task.create"' in text
    assert "nhiều nhất 500 bản ghi mới nhất" in text
    assert_clean(response.content)
    assert PAGE not in enter(site.inspector).get("/nhat-ky/?nhiem_vu=khong-co").content.decode()
