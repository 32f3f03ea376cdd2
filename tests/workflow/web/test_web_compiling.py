"""Lập văn bản từ số liệu: who is offered which kinds, what is shown beforehand, and where the draft leads."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from tests.factories import MONDAY, House, at, make_task
from tests.workflow.web.conftest import Enter, assert_clean
from workflow.choices import DocumentKind, TaskKind
from workflow.models import Document, Person, Plan, Task
from workflow.permissions import Actor

LIST = "/van-ban/lap/"
BRIEFING = f"{LIST}giao-ban/"


def make_plan(site: House, number: str = "1186/KH-SKHĐT", year: int = 2022) -> Plan:
    return Plan.objects.create(
        number=number, issued_on=date(2022, 4, 19), year=year, title="Kế hoạch", issuer=site.department,
        imported_at=at(MONDAY), header={"opening": "Như sau:"},
    )  # fmt: skip


def dossier(site: House) -> Task:
    return make_task(site, kind=TaskKind.DOSSIER, title="Cấp giấy <b>mẫu</b>", code="HS-01")


def test_the_list_of_documents_leads_only_those_there_who_may_compile(site: House, enter: Enter) -> None:
    for person, offered in ((site.reviewer, True), (site.leader, True), (site.member, False), (site.clerk, False)):
        client = enter(person)
        assert (f'href="{LIST}"' in client.get("/van-ban/").content.decode()) is offered
        assert client.get(LIST).status_code == (200 if offered else 403)
        assert client.get(BRIEFING).status_code == (200 if offered else 403)


def test_each_kind_over_all_units_shows_its_figures_and_its_form(site: House, enter: Enter) -> None:
    make_plan(site)
    client = enter(site.reviewer)
    page = client.get(LIST)
    assert_clean(page.content)
    for slug, label in (("giao-ban", "Quá hạn"), ("tong-hop", "Đơn vị chưa báo cáo"), ("ke-hoach", "1186/KH-SKHĐT")):
        assert f'href="{LIST}{slug}/"' in page.content.decode()
        shown = client.get(f"{LIST}{slug}/")
        assert_clean(shown.content)
        assert label in shown.content.decode()
    assert client.get(f"{LIST}to-trinh/").status_code == 404
    assert client.get(f"{LIST}khac/").status_code == 404
    assert not Document.objects.exists()


def test_looking_drafts_nothing_and_drafting_leads_to_the_document(site: House, enter: Enter) -> None:
    make_task(site, due_on=date(2022, 9, 30), now=at(date(2022, 9, 1)))
    client = enter(site.reviewer)
    looked = client.post(BRIEFING, {"month": "202209", "remarks": "", "xem": "1"})
    assert looked.status_code == 200
    assert "30/09/2022" in looked.content.decode()
    assert not Document.objects.exists()
    sent = client.post(BRIEFING, {"month": "202209", "remarks": "Cần đôn đốc."})
    document = Document.objects.get()
    assert (sent.status_code, sent.headers["Location"]) == (302, f"/van-ban/{document.pk}/")
    assert document.subject == "Kết quả thực hiện nhiệm vụ tháng 9 năm 2022, phục vụ cuộc họp giao ban"
    assert "Lập phiếu trình" in client.get(f"/van-ban/{document.pk}/").content.decode()


@pytest.mark.parametrize("typed", [{}, {"month": "209913"}, {"month": "x"}, {"month": "202212"}])
def test_a_month_that_is_not_offered_is_refused(site: House, enter: Enter, typed: dict[str, str]) -> None:
    answer = enter(site.reviewer).post(BRIEFING, typed)
    assert answer.status_code == 400
    assert_clean(answer.content)
    assert not Document.objects.exists()


def test_the_task_page_leads_to_what_is_compiled_of_it(site: House, enter: Enter) -> None:
    plain, of_dossier = make_task(site), dossier(site)
    client = enter(site.member)
    link = f"{LIST}?nhiem-vu={of_dossier.pk}"
    assert f'href="{link}"' in client.get(f"/nhiem-vu/{of_dossier.pk}/").content.decode()
    shown = client.get(link).content.decode()
    assert [slug in shown for slug in ("to-trinh", "thong-bao", "phieu-huong-dan", "xin-loi", "giao-ban")] == [
        True,
        True,
        True,
        True,
        False,
    ]
    assert "phieu-huong-dan" not in client.get(f"{LIST}?nhiem-vu={plain.pk}").content.decode()
    assert client.get(f"{LIST}xin-loi/?nhiem-vu={plain.pk}").status_code == 404


def test_a_form_of_a_dossier_is_filled_in_and_drafted(site: House, enter: Enter) -> None:
    task = dossier(site)
    client = enter(site.member)
    path = f"{LIST}xin-loi/?nhiem-vu={task.pk}"
    page = client.get(path)
    assert_clean(page.content)
    assert "&lt;b&gt;mẫu&lt;/b&gt;" in page.content.decode()
    typed = {"applicant": "Ông <i>B</i>", "received_on": "", "reason": "Chờ ý kiến", "new_date": "03/10/2022"}
    refused = client.post(path, typed)
    assert refused.status_code == 400
    assert "không sau hôm nay" in refused.content.decode()
    assert client.post(path, {**typed, "new_date": "18/10/2022"}).status_code == 302
    document = Document.objects.get()
    assert (document.kind, document.task_id, document.facts["new_date"]) == (
        DocumentKind.APOLOGY,
        task.pk,
        "2022-10-18",
    )
    papers = {"applicant": "Ông B", "missing": "Bản sao", "reason": "", "return_by": "", "received_on": ""}
    for slug in ("phieu-huong-dan", "thong-bao-bo-sung"):
        assert client.post(f"{LIST}{slug}/?nhiem-vu={task.pk}", papers).status_code == 302
    assert client.post(f"{LIST}to-trinh/?nhiem-vu={task.pk}", {"proposal": "Đề nghị"}).status_code == 302
    assert client.post(f"{LIST}thong-bao/?nhiem-vu={task.pk}", {"conclusions": "Đồng ý"}).status_code == 302
    assert Document.objects.count() == 5


def test_a_phieu_trinh_is_drafted_from_the_page_of_a_draft(site: House, enter: Enter) -> None:
    task = make_task(site)
    client = enter(site.member)
    client.post(f"{LIST}thong-bao/?nhiem-vu={task.pk}", {"conclusions": "Đồng ý"})
    draft = Document.objects.get()
    path = f"{LIST}phieu-trinh/?van-ban={draft.pk}"
    assert_clean(client.get(path).content)
    typed = {"summary": "Kết luận", "proposal": "Đề nghị ký."}
    assert client.post(path, typed).status_code == 302
    assert Document.objects.get(kind=DocumentKind.ROUTING_SLIP).facts["proposal"] == "Đề nghị ký."
    for person, status in ((site.stranger, 404), (site.inspector, 403)):
        assert enter(person).get(path).status_code == status


@pytest.mark.parametrize("key", ["0", "-1", "x", "99999999999999999999", ""])
def test_what_is_not_there_is_not_found(site: House, enter: Enter, key: str) -> None:
    client = enter(site.reviewer)
    for asked in ("nhiem-vu", "van-ban"):
        assert client.get(f"{LIST}?{asked}={key}").status_code == 404


def test_a_stranger_does_not_find_the_task_and_an_inspector_may_not_draft(site: House, enter: Enter) -> None:
    task = make_task(site)
    for person, status in ((site.stranger, 404), (site.outsider, 404), (site.inspector, 403)):
        client = enter(person)
        for path in (f"{LIST}?nhiem-vu={task.pk}", f"{LIST}to-trinh/?nhiem-vu={task.pk}"):
            assert client.get(path).status_code == status
    assert not Document.objects.exists()


# The command


def username(actor: Actor) -> str:
    return str(Person.objects.get(pk=actor.person_id).username)


def test_the_command_drafts_each_report_and_the_plan(site: House) -> None:
    make_plan(site)
    out = io.StringIO()
    by = username(site.reviewer)
    call_command("compile_document", "giao-ban", "--by", by, "--month", "2022-10", stdout=out)
    for kind in ("6-thang", "nam", "ke-hoach"):
        call_command("compile_document", kind, "--by", by, "--year", "2022", stdout=out)
    made = list(Document.objects.order_by("pk"))
    assert out.getvalue().splitlines() == [f"Đã lập dự thảo văn bản {document.pk}." for document in made]
    assert [document.kind for document in made] == ["BC", "BC", "BC", "KH"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("giao-ban",), "cần --month"),
        (("nam",), "cần --year"),
        (("nam", "--year", "1999"), "Chưa nhập kế hoạch năm 1999"),
    ],
)
def test_the_command_says_what_is_missing(site: House, options: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("compile_document", *options, "--by", username(site.reviewer))


def test_the_command_asks_the_same_right_as_the_page(site: House) -> None:
    for by, said in ((username(site.member), "Chỉ Văn phòng Sở"), ("khong-co", "Không có người dùng")):
        with pytest.raises(CommandError, match=said):
            call_command("compile_document", "giao-ban", "--by", by, "--month", "2022-10")
