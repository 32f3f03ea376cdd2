"""What each row is called, what it begins with, and the few things that it can tell of itself."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models

from tests.factories import MONDAY, ZONE
from tests.workflow.models.conftest import Stand
from workflow.choices import (
    CLOCK_STATES,
    CLOSED_STATES,
    INTERNAL_KINDS,
    OPEN_STATES,
    SET_KINDS,
    TaskState,
    UnitKind,
)
from workflow.models import (
    Appendix,
    AuditChain,
    AuditEvent,
    CalendarDay,
    Delegation,
    DemonstrationClock,
    Document,
    DocumentLink,
    DocumentRevision,
    DocumentSignature,
    Escalation,
    Extension,
    Letterhead,
    Obstacle,
    Person,
    PlanBullet,
    PlanItem,
    PlanTarget,
    Proposal,
    Recall,
    RegisterBook,
    Reminder,
    Report,
    Rule,
    Suspension,
    Task,
    Unit,
    UnitSetMember,
)

WORDS = {
    "plan": "1186/KH-SKHĐT (2022)",
    "item": "I.1.5 1186/KH-SKHĐT",
    "bullet": "I.1.5 gạch 1",
    "bullet_unit": "I.1.5 gạch 1: Phòng Một",
    "defect": "stt dòng 3",
    "target": "CT-1 2022",
    "duty": "BC-QUY 2022",
    "unit": "Phòng Một",
    "set_member": "Lãnh đạo Sở ∋ Phòng Một",
    "task": "KH2022/I.1.5",
    "report": "KH2022/I.1.5 bản 1",
    "report_revision": "KH2022/I.1.5 bản 1 (1)",
    "proposal": "Mua máy quét",
    "note": "KH2022/I.1.5 03/10/2022",
    "attachment": "bao-cao.pdf",
    "extension": "Gia hạn KH2022/I.1.5",
    "suspension": "Tạm dừng KH2022/I.1.5",
    "obstacle": "Vướng mắc KH2022/I.1.5",
    "calendar_feed": "địa chỉ lịch riêng từ 03/10/2022",
    "letter": "Thư tổng hợp ngày 03/10/2022",
    "password_record": "mật khẩu đặt 03/10/2022",
    "second_factor": "xác thực hai bước từ 03/10/2022",
    "recovery_code": "mã dự phòng",
    "sign_in_session": "phiên từ 03/10/2022 09:00",
    "notification": "Còn năm ngày",
    "rule": "R-MAU (1990)",
    "book": "Sổ chung năm 2022",
    "document": "05/SKHĐT-VP",
    "document_revision": "05/SKHĐT-VP (1)",
    "delivery": "05/SKHĐT-VP → UBND tỉnh",
    "letterhead": "Sở Kế hoạch và Đầu tư từ 01/01/2022",
    "appendix": "Phụ lục 1: Danh sách",
    "link": "05/SKHĐT-VP → Bản trước: Thay thế",
    "recall": "Thu hồi 05/SKHĐT-VP",
    "signature": "05/SKHĐT-VP: chữ ký số của Nguyễn Văn Mẫu",
    "reminder": "Đôn đốc lần 1 KH2022/I.1.5",
    "escalation": "Báo cáo UBND tỉnh KH2022/I.1.5",
    "direction": "99/UBND-KT ngày 03/10/2022",
    "calendar_day": "02/09/2022 Quốc khánh",
    "policy": "wait_days từ 03/10/2022",
    "chain": "thu #1",
    "event": "thu #1 task.start",
    "checkpoint": "Điểm chốt 1",
    "lease": "tho-1",
}

BEGINS_WITH: dict[type[models.Model], dict[str, object]] = {
    Task: {
        "state": "assigned",
        "round": 1,
        "reminders_issued": 0,
        "nudged_days": 0,
        "extended_count": 0,
        "ladder_done": False,
        "obstacle_open": False,
        "reminder_drafted": False,
        "confirm_monthly": False,
        "by_paper": False,
        "origin": "plan",
        "handed_by": 0,
        "chain_seq": 0,
        "chain_head": "",
        "checkpointed_seq": 0,
        "next_due": None,
        "quarantined_at": None,
        "submitted_version": None,
    },
    Report: {
        "status": "draft",
        "revision": 1,
        "nothing_to_report": False,
        "quantity_ok": None,
        "content_ok": None,
        "time_ok": None,
    },
    Reminder: {"status": "draft", "decision": {}, "issued_at": None},
    Escalation: {"status": "duty", "decision": {}, "document_id": None},
    Extension: {"status": "pending", "new_due": None},
    Obstacle: {"status": "pending", "advice": ""},
    Suspension: {"resumed_on": None, "days_moved": 0},
    Document: {
        "status": "draft",
        "revision": 1,
        "number": None,
        "recipients": [],
        "copies": [],
        "grounds": [],
        "keeper": "",
        "urgency": 0,
        "facts": {},
        "head": {},
        "issuer_id": None,
        "year": None,
        "text_sha256": "",
        "pdf_sha256": "",
        "pdf_pages": None,
        "pdf_error": "",
        "signed_at": None,
    },
    DocumentRevision: {"revision": None, "said": {}},
    Letterhead: {"head_title": "GIÁM ĐỐC", "organ_id": "", "contact": "", "basis": ""},
    Appendix: {"body": "", "columns": [], "rows": [], "landscape": False},
    DocumentLink: {"kind": ""},
    Recall: {"recalled_by_id": None},
    DocumentSignature: {"person_id": None, "timestamped": False},
    Proposal: {"status": "pending", "decision": "", "decided_at": None},
    RegisterBook: {"first_number": 1, "last_number": 0},
    CalendarDay: {"certainty": "provisional"},
    Rule: {"version": 1, "priority": 100, "conditions": [], "parameters": {}, "inferred": False, "valid_to": None},
    Unit: {"aliases": [], "demonstration": False, "parent_inferred": False, "valid_to": None},
    PlanItem: {"content": [], "schedule": {}, "truncated": False, "rollup": False, "done_at_issue": False},
    PlanBullet: {"lead_codes": [], "support_codes": [], "handoff": False},
    AuditChain: {"seq": 0, "head": "", "checkpointed_seq": 0},
}


def tables() -> list[type[models.Model]]:
    return list(apps.get_app_config("workflow").get_models())


@pytest.mark.parametrize("name", WORDS)
def test_a_row_is_called_what_a_person_calls_it(stand: Stand, name: str) -> None:
    assert str(type(stand[name])._default_manager.get(pk=stand[name].pk)) == WORDS[name]


def test_people_places_and_powers_are_called_by_the_persons_name(stand: Stand) -> None:
    person, membership, delegation = stand["person"], stand["membership"], stand["delegation"]
    assert str(person) == person.full_name
    assert str(membership) == f"{person.full_name}, Chánh Văn phòng, Văn phòng Sở"
    assert str(delegation) == f"TL. {person.full_name}: {delegation.delegate.full_name}"


def test_a_slot_and_the_demonstrations_clock_are_called_by_their_moment(stand: Stand) -> None:
    moment = datetime(2022, 10, 3, 9, 0, tzinfo=ZONE)
    assert str(stand["slot"]) == "sweep 03/10/2022 09:00"
    assert str(DemonstrationClock(real_at=moment, shown_at=moment)) == "03/10/2022 09:00"


def test_every_row_of_the_stand_is_named_in_these_tests(stand: Stand) -> None:
    assert set(stand) == set(WORDS) | {"person", "membership", "delegation", "slot"}
    assert {type(row) for row in stand.values()} | {DemonstrationClock} == set(tables())


@pytest.mark.parametrize("model", tables(), ids=lambda model: model.__name__)
def test_a_table_has_a_vietnamese_name(model: type[models.Model]) -> None:
    name = str(model._meta.verbose_name)
    assert name != model._meta.model_name
    assert name == unicodedata.normalize("NFC", name)
    assert not name.isascii() or name in {"gia hạn"}, name


@pytest.mark.parametrize("model", tables(), ids=lambda model: model.__name__)
def test_no_column_of_text_may_be_null(model: type[models.Model]) -> None:
    """Nothing is said in two ways: an empty text is "", never NULL."""
    loose = [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and field.null
    ]
    assert loose == []


@pytest.mark.parametrize("model", BEGINS_WITH, ids=lambda model: model.__name__)
def test_a_new_row_begins_with_nothing_done(model: type[models.Model]) -> None:
    fresh = model()
    assert {name: getattr(fresh, name) for name in BEGINS_WITH[model]} == BEGINS_WITH[model]


def test_two_new_rows_share_no_list_or_mapping() -> None:
    first, second = Unit(), Unit()
    first.aliases.append("VP")
    assert second.aliases == []
    one, other = Document(), Document()
    one.recipients.append("Sở Xây dựng")
    one.facts["a"] = "b"
    assert (other.recipients, other.facts) == ([], {})


@pytest.mark.parametrize(
    ("number", "words"),
    [(None, ""), (1, "01/SKHĐT-VP"), (9, "09/SKHĐT-VP"), (10, "10/SKHĐT-VP"), (1186, "1186/SKHĐT-VP")],
)
def test_a_number_below_ten_has_a_leading_zero(number: int | None, words: str) -> None:
    document = Document(number=number, symbol="SKHĐT-VP", subject="Đôn đốc lần 1")
    assert document.full_number == words
    assert str(document) == (words or "Đôn đốc lần 1")


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2021, 12, 31), False),
        (date(2022, 1, 1), True),
        (date(2022, 6, 30), True),
        (date(2022, 7, 1), False),
    ],
)
def test_a_unit_is_open_from_its_first_day_to_its_last(day: date, is_open: bool) -> None:
    assert Unit(valid_from=date(2022, 1, 1), valid_to=date(2022, 6, 30)).is_open_on(day) is is_open


def test_a_unit_without_a_last_day_stays_open() -> None:
    unit = Unit(valid_from=date(2022, 1, 1))
    assert unit.is_open_on(date(2099, 1, 1))
    assert not unit.is_open_on(date(2021, 12, 31))


@pytest.mark.parametrize(
    ("day", "revoked_on", "holds"),
    [
        (date(2022, 9, 30), None, False),
        (date(2022, 10, 3), None, True),
        (date(2022, 10, 14), None, True),
        (date(2022, 10, 15), None, False),
        (date(2022, 10, 6), date(2022, 10, 7), True),
        (date(2022, 10, 7), date(2022, 10, 7), False),
        (date(2022, 10, 10), date(2022, 10, 7), False),
        (date(2022, 10, 3), date(2022, 10, 1), False),
    ],
)
def test_a_delegation_holds_on_its_days_until_it_is_revoked(day: date, revoked_on: date | None, holds: bool) -> None:
    power = Delegation(valid_from=date(2022, 10, 3), valid_to=date(2022, 10, 14), revoked_on=revoked_on)
    assert power.is_in_force_on(day) is holds


@pytest.mark.parametrize("kind", UnitKind.values)
def test_a_unit_knows_whether_it_may_lead_and_whether_it_stands_for_others(kind: str) -> None:
    unit = Unit(kind=kind)
    inside = {"so", "lanh_dao", "van_phong", "phong", "trung_tam", "bo_phan", "doan_the"}
    assert unit.is_internal is (kind in inside)
    assert unit.is_set is (kind in {"tap_hop", "vai_tro"})
    assert not (unit.is_internal and unit.is_set)


def test_the_groups_of_kinds_and_states_do_not_overlap_and_leave_nothing_out() -> None:
    assert not INTERNAL_KINDS & SET_KINDS
    assert set(OPEN_STATES) | set(CLOSED_STATES) == set(TaskState)
    assert not set(OPEN_STATES) & set(CLOSED_STATES)
    assert set(CLOCK_STATES) < set(OPEN_STATES)


def test_a_person_is_called_by_his_whole_name_and_by_its_last_word() -> None:
    person = Person(full_name="Nguyễn Văn Mẫu Hòa", username="hoa")
    assert (person.get_full_name(), person.get_short_name(), str(person)) == (
        "Nguyễn Văn Mẫu Hòa",
        "Hòa",
        "Nguyễn Văn Mẫu Hòa",
    )
    assert {"first_name", "last_name"} & {field.name for field in Person._meta.fields} == set()


class TestIndexes:
    def test_every_declared_index_stands_in_the_database(self, stand: Stand) -> None:
        with connection.cursor() as cursor:
            for model in tables():
                found = connection.introspection.get_constraints(cursor, model._meta.db_table)
                wanted = {index.name for index in model._meta.indexes}
                assert wanted <= {name for name, each in found.items() if each["index"]}, model

    @pytest.mark.parametrize(
        ("model", "name", "columns"),
        [
            (Task, "task_unit_list", ["unit_id", "state", "due_on", "id"]),
            (Task, "task_host_list", ["host_unit_id", "state", "due_on", "id"]),
            (Task, "task_next_due", ["next_due", "id"]),
            (AuditEvent, "audit_event_time", ["occurred_at", "id"]),
            (AuditEvent, "audit_event_task", ["task_id", "seq"]),
            (AuditEvent, "audit_event_action", ["action_id"]),
            (Escalation, "escalation_status", ["status", "raised_at"]),
        ],
    )
    def test_an_index_has_its_columns_in_this_order(
        self, stand: Stand, model: type[models.Model], name: str, columns: list[str]
    ) -> None:
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, model._meta.db_table)
        assert found[name]["columns"] == columns

    def test_the_due_moment_is_indexed_only_where_there_is_one(self, stand: Stand) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'task_next_due'")
            else:
                cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'task_next_due'")
            [text] = cursor.fetchone()
        assert text.replace('"', "").replace("(", "").rstrip(")").endswith("WHERE next_due IS NOT NULL")

    def test_the_planner_finds_what_is_due_by_that_index(self, stand: Stand) -> None:
        """Without the table being worth a scan, the sweep's question is answered from the partial index."""
        due = Task.objects.filter(next_due__lte=datetime(2022, 10, 3, 9, tzinfo=ZONE)).order_by("next_due", "id")
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
        assert "task_next_due" in due.values("pk").explain()

    def test_the_list_of_a_units_tasks_is_found_by_its_index(self, stand: Stand) -> None:
        """With a handful of rows another index and a sort cost as little: the question is whether this one serves."""
        mine = Task.objects.filter(unit_id=stand["unit"].pk, state="assigned").order_by("due_on", "id")
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("SET LOCAL enable_sort = off")
        assert "task_unit_list" in mine.values("pk").explain()


def test_the_order_of_a_table_is_the_order_in_which_people_read_it(stand: Stand) -> None:
    for day in (date(2022, 9, 1), date(2022, 4, 30)):
        CalendarDay.objects.create(day=day, kind="off", name="Nghỉ", source="TB")
    assert [row.day for row in CalendarDay.objects.all()] == [date(2022, 4, 30), date(2022, 9, 1), date(2022, 9, 2)]
    Delegation.objects.create(
        membership=stand["membership"],
        delegate=stand["person"],
        capacity="KT.",
        document_number="1",
        document_date=MONDAY,
        scope="x",
        valid_from=MONDAY + timedelta(days=30),
        valid_to=MONDAY + timedelta(days=31),
    )
    assert [row.capacity for row in Delegation.objects.all()] == ["KT.", "TL."]


def test_the_names_of_the_tables_are_those_of_the_migrations() -> None:
    files = sorted(Path(Task._meta.app_config.path, "migrations").glob("0*.py"))
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    missing = [model.__name__ for model in tables() if f"name='{model.__name__}'" not in text.replace('"', "'")]
    assert missing == []


def test_a_set_member_and_a_target_of_another_row_are_told_apart(stand: Stand) -> None:
    other = UnitSetMember(unit_set=stand["unit"], member=stand["unit"])
    assert str(other) == "Phòng Một ∋ Phòng Một"
    assert str(PlanTarget(code="CT-9", plan=stand["plan"])) == "CT-9 2022"
