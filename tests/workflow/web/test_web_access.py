"""Who may open which page: each page for each role, and what anonymous visitors and strangers learn."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import House, make_draft_document, make_task
from tests.workflow.web.conftest import Enter, assert_clean
from workflow.models import Attachment, Membership, Person, Task

PAGES: dict[str, set[str]] = {
    "/": {
        "head",
        "member",
        "reviewer",
        "chief",
        "clerk",
        "leader",
        "inspector",
        "outsider",
        "stranger",
        "admin",
    },
    "/nhiem-vu/": {"head", "member", "reviewer", "chief", "clerk", "leader", "inspector", "outsider", "stranger"},
    "/ke-hoach/": {"head", "member", "reviewer", "chief", "clerk", "leader", "inspector", "stranger", "admin"},
    "/ke-hoach/so-sanh/": {
        "head",
        "member",
        "reviewer",
        "chief",
        "clerk",
        "leader",
        "inspector",
        "stranger",
        "admin",
    },
    "/ban-dieu-phoi/": {"reviewer", "chief", "clerk", "leader"},
    "/tong-quan/": {"reviewer", "chief", "leader", "inspector"},
    "/van-ban/": {"head", "member", "reviewer", "chief", "clerk", "leader", "inspector", "outsider", "stranger"},
    "/van-ban/soan/": {"head", "member", "reviewer", "chief", "clerk", "leader", "stranger"},
    "/de-xuat/": {"head", "member", "reviewer", "chief", "clerk", "leader", "inspector", "stranger"},
    "/phe-duyet/nhieu/report/check/": {"reviewer", "chief", "clerk", "leader"},
    "/lich/": {
        "head",
        "member",
        "reviewer",
        "chief",
        "clerk",
        "leader",
        "inspector",
        "outsider",
        "stranger",
        "admin",
    },
    "/lich/thang/": {"head", "member", "reviewer", "chief", "clerk", "leader", "inspector", "outsider", "stranger"},
    "/lich/dia-chi-rieng/": {
        "head",
        "member",
        "reviewer",
        "chief",
        "clerk",
        "leader",
        "inspector",
        "outsider",
        "stranger",
    },
    "/lich/ghi-ngay/": {"admin"},
    "/nhat-ky/": {"inspector"},
    "/thong-bao/": {
        "head",
        "member",
        "reviewer",
        "chief",
        "clerk",
        "leader",
        "inspector",
        "outsider",
        "stranger",
        "admin",
    },
    "/tu-cach/": {
        "head",
        "member",
        "reviewer",
        "chief",
        "clerk",
        "leader",
        "inspector",
        "outsider",
        "stranger",
        "admin",
    },
    "/doi-mat-khau/": {
        "head",
        "member",
        "reviewer",
        "chief",
        "clerk",
        "leader",
        "inspector",
        "outsider",
        "stranger",
        "admin",
    },
    "/nhiem-vu/mo-viec-ubnd/": {"reviewer", "chief", "leader"},
    "/nhiem-vu/mo-ho-so/": {"head", "member", "reviewer", "chief", "stranger"},
    "/quan-tri/": {"admin"},
    "/quan-tri/don-vi/": {"admin"},
    "/quan-tri/don-vi/them/": {"admin"},
    "/quan-tri/nguoi/": {"admin"},
    "/quan-tri/nguoi/them/": {"admin"},
    "/quan-tri/ten-in/": {"admin"},
    "/quan-tri/uy-quyen/": {"admin"},
    "/quan-tri/uy-quyen/ghi/": {"admin"},
    "/quan-tri/chinh-sach/": {"admin"},
    "/quan-tri/chinh-sach/wait_days/": {"admin"},
    "/quan-tri/quy-tac/": {"admin"},
}
ROLES = (
    "head",
    "member",
    "reviewer",
    "chief",
    "clerk",
    "leader",
    "inspector",
    "outsider",
    "stranger",
    "admin",
)


@pytest.mark.parametrize("role", ROLES)
def test_each_page_opens_for_those_whose_work_it_is_and_for_nobody_else(site: House, enter: Enter, role: str) -> None:
    client = enter(getattr(site, role))
    opened = set()
    for path in PAGES:
        response = client.get(path, follow=True)
        assert response.status_code in {200, 403}, path
        assert_clean(response.content)
        if response.status_code == 200:
            opened.add(path)
    assert opened == {path for path, roles in PAGES.items() if role in roles}


def test_an_anonymous_visitor_is_sent_to_sign_in_with_the_way_back(db: None) -> None:
    for path in [*PAGES, "/nhiem-vu/1/", "/nhiem-vu/1/bat-dau/", "/van-ban/1/", "/tep/1/"]:
        response = Client().get(path)
        assert response.status_code == 302
        assert response.headers["Location"] == f"/dang-nhap/?next={path}"


def test_the_rail_shows_only_what_the_person_may_open(site: House, enter: Enter) -> None:
    content = enter(site.member).get("/").content.decode()
    rail = content[content.index('<nav class="rail"') : content.index("</nav>")]
    shown = {path for path in PAGES if f'href="{path}"' in rail}
    assert shown == {"/", "/nhiem-vu/", "/ke-hoach/", "/van-ban/", "/de-xuat/", "/lich/thang/"}


@pytest.mark.parametrize(
    ("role", "label", "shown"),
    [
        ("member", "Bàn điều phối", False),
        ("reviewer", "Bàn điều phối", True),
        ("member", "Nhật ký", False),
        ("inspector", "Nhật ký", True),
        ("leader", "Quản trị", False),
        ("admin", "Quản trị", True),
        ("admin", "Việc của tôi", False),
        ("outsider", "Kế hoạch", False),
    ],
)
def test_the_rail_of_a_role(site: House, enter: Enter, role: str, label: str, shown: bool) -> None:
    content = enter(getattr(site, role)).get("/", follow=True).content.decode()
    rail = content[content.index('<nav class="rail"') : content.index("</nav>")]
    assert (label in rail) is shown


@pytest.mark.parametrize("role", ["head", "member", "reviewer", "chief", "clerk", "leader", "inspector"])
def test_a_task_opens_for_its_unit_and_for_those_who_see_all(site: House, enter: Enter, task: Task, role: str) -> None:
    response = enter(getattr(site, role)).get(f"/nhiem-vu/{task.pk}/")
    assert response.status_code == 200
    assert "Báo cáo năm của Phòng Một" in response.content.decode()
    assert_clean(response.content)


@pytest.mark.parametrize("role", ["stranger", "other_head", "outsider", "admin"])
def test_a_task_that_may_not_be_seen_looks_exactly_like_one_that_does_not_exist(
    site: House, enter: Enter, task: Task, role: str
) -> None:
    client = enter(getattr(site, role))
    for suffix in ("", "bat-dau/", "soan-bao-cao/", "gui-tra-loi/", "huy/"):
        unseen = client.get(f"/nhiem-vu/{task.pk}/{suffix}")
        missing = client.get(f"/nhiem-vu/999999/{suffix}")
        assert (unseen.status_code, missing.status_code) == (404, 404)
        assert unseen.content.split(b"<main")[1] == missing.content.split(b"<main")[1]
        assert "Phòng Một" not in unseen.content.decode()


@pytest.mark.parametrize("role", ["stranger", "other_head", "outsider", "admin"])
def test_posting_to_a_task_that_may_not_be_seen_is_not_found_and_changes_nothing(
    site: House, enter: Enter, task: Task, role: str
) -> None:
    response = enter(getattr(site, role)).post(f"/nhiem-vu/{task.pk}/bat-dau/")
    assert response.status_code == 404
    task.refresh_from_db()
    assert (task.state, task.chain_seq) == ("assigned", 1)


@pytest.mark.parametrize("path", ["/nhiem-vu/99999999999999999999999/", "/khong-co/", "/nhiem-vu/1/khong-co-viec/"])
def test_an_address_that_is_nothing_gets_the_vietnamese_page(site: House, enter: Enter, path: str) -> None:
    response = enter(site.leader).get(path)
    assert response.status_code == 404
    assert "Không tìm thấy" in response.content.decode()
    assert_clean(response.content)


@pytest.mark.parametrize(("role", "status"), [("head", 200), ("reviewer", 200), ("stranger", 404), ("outsider", 404)])
def test_a_document_is_seen_with_its_task(site: House, enter: Enter, task: Task, role: str, status: int) -> None:
    document = make_draft_document(task)
    response = enter(getattr(site, role)).get(f"/van-ban/{document.pk}/")
    assert response.status_code == status


@pytest.mark.parametrize(("role", "shown"), [("head", True), ("clerk", True), ("stranger", False), ("outsider", False)])
def test_the_list_of_documents_holds_only_those_of_visible_tasks(
    site: House, enter: Enter, task: Task, role: str, shown: bool
) -> None:
    document = make_draft_document(task)
    content = enter(getattr(site, role)).get("/van-ban/").content.decode()
    assert ("Mẫu" in content.split("</header>")[1]) is shown or role == "clerk"
    assert (f'href="/van-ban/{document.pk}/"' in content.split('<main id="noi-dung"')[1]) is shown


def _attachment(task: Task, person_id: int, data: bytes = b"%PDF-1.4 mau") -> Attachment:
    from django.core.files.base import ContentFile  # noqa: PLC0415 -- used here alone
    from django.core.files.storage import default_storage  # noqa: PLC0415 -- used here alone
    from django.utils import timezone  # noqa: PLC0415 -- used here alone

    stored = default_storage.save("tep/mau.pdf", ContentFile(data))
    return Attachment.objects.create(
        task=task,
        name="báo cáo năm.pdf",
        stored_as=stored,
        content_type="application/pdf",
        size=len(data),
        sha256="0" * 64,
        uploaded_by_id=person_id,
        uploaded_at=timezone.now(),
    )


def test_a_file_comes_as_a_download_that_no_browser_runs(
    site: House, enter: Enter, task: Task, settings: object, tmp_path: object
) -> None:
    attachment = _attachment(task, site.head.person_id)
    response = enter(site.head).get(f"/tep/{attachment.pk}/")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content) == b"%PDF-1.4 mau"


@pytest.mark.parametrize("role", ["stranger", "outsider", "admin"])
def test_a_file_of_an_unseen_task_is_not_found(site: House, enter: Enter, task: Task, role: str) -> None:
    attachment = _attachment(task, site.head.person_id)
    assert enter(getattr(site, role)).get(f"/tep/{attachment.pk}/").status_code == 404


def test_a_closed_person_is_signed_out_at_once(site: House, enter: Enter) -> None:
    client = enter(site.head)
    assert client.get("/").status_code == 200
    Person.objects.filter(pk=site.head.person_id).update(closed_on="2022-10-03")
    response = client.get("/nhiem-vu/")
    assert (response.status_code, response.headers["Location"]) == (302, "/dang-nhap/")
    assert client.get("/").status_code == 302


def test_a_person_whose_places_ended_sees_nothing(site: House, enter: Enter, task: Task) -> None:
    Membership.objects.filter(person_id=site.head.person_id).update(valid_to="2022-10-02")
    client = enter(site.head)
    assert client.get(f"/nhiem-vu/{task.pk}/").status_code == 404
    assert client.get("/nhiem-vu/").status_code == 403


def test_a_consulted_body_sees_its_own_question_and_not_the_task_above(site: House, enter: Enter) -> None:
    parent = make_task(site, title="Hồ sơ nội bộ của phòng")
    child = make_task(
        site,
        title="Xin ý kiến về hồ sơ",
        kind="consultation",
        ladder="B",
        parent=parent,
        unit=site.body,
        host_unit=site.division,
    )
    content = enter(site.outsider).get(f"/nhiem-vu/{child.pk}/").content.decode()
    assert "Xin ý kiến về hồ sơ" in content
    assert "Hồ sơ nội bộ của phòng" not in content
    assert f"/nhiem-vu/{parent.pk}/" not in content


def test_pages_of_a_signed_in_person_stay_out_of_caches(site: House, enter: Enter) -> None:
    assert "no-store" in enter(site.head).get("/").headers["Cache-Control"]


def test_every_page_carries_a_strict_policy(site: House, enter: Enter) -> None:
    policy = enter(site.head).get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
