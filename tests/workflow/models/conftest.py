"""One row of every table, each as small as its columns allow, and copying a row past the ORM."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, models, transaction

from tests.factories import MONDAY, House, at, make_draft_document, make_house, make_rule, make_task
from workflow.choices import (
    CalendarKind,
    Capacity,
    DocumentKind,
    DocumentStatus,
    LinkKind,
    NotificationKind,
    ReportStatus,
    SignatureRole,
)
from workflow.models import (
    Appendix,
    Attachment,
    AuditChain,
    AuditCheckpoint,
    AuditEvent,
    BulletUnit,
    CalendarDay,
    CalendarFeed,
    Delegation,
    Delivery,
    Direction,
    Document,
    DocumentLink,
    DocumentRevision,
    DocumentSignature,
    Escalation,
    Extension,
    Letter,
    Letterhead,
    Membership,
    Notification,
    Obstacle,
    PasswordRecord,
    Person,
    Plan,
    PlanBullet,
    PlanDefect,
    PlanItem,
    PlanTarget,
    Policy,
    ProgressNote,
    Proposal,
    Recall,
    RecoveryCode,
    RegisterBook,
    Reminder,
    Report,
    ReportingDuty,
    ReportRevision,
    ScheduledRun,
    SecondFactor,
    SignInSession,
    Suspension,
    UnitSetMember,
    WorkerLease,
)

NOW = at(MONDAY)
Stand = dict[str, models.Model]
Changes = dict[str, object]


def copy_row(row: models.Model, **changed: object) -> None:
    """Insert a copy of a stored row by one raw statement, some columns (attribute names) changed."""
    meta = type(row)._meta
    quote = connection.ops.quote_name
    names, taken, values = [], [], []
    for field in meta.concrete_fields:
        if field.primary_key:
            continue
        names.append(quote(field.column))
        if field.attname in changed:
            cast = f"::{field.db_type(connection)}" if connection.vendor == "postgresql" else ""
            taken.append(f"%s{cast}")
            values.append(field.get_db_prep_save(changed[field.attname], connection))
        else:
            taken.append(quote(field.column))
    table = quote(meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(taken)} FROM {table} WHERE id = %s",
            [*values, row.pk],
        )
        assert cursor.rowcount == 1


def clone_row(row: models.Model, **changed: object) -> models.Model:
    """Save a copy of a stored row through the ORM."""
    values = {field.attname: getattr(row, field.attname) for field in type(row)._meta.concrete_fields}
    del values["id"]
    fresh = type(row)(**(values | changed))
    fresh.save(force_insert=True)
    return fresh


def set_raw(row: models.Model, **changed: object) -> None:
    """Change columns of a stored row by one raw statement."""
    meta = type(row)._meta
    fields = {field.attname: field for field in meta.concrete_fields}
    quote = connection.ops.quote_name
    assigned = ", ".join(f"{quote(fields[name].column)} = %s" for name in changed)
    values = [fields[name].get_db_prep_save(value, connection) for name, value in changed.items()]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {quote(meta.db_table)} SET {assigned} WHERE id = %s", [*values, row.pk])
        assert cursor.rowcount == 1


def _plan_rows(house: House) -> Stand:
    plan = Plan.objects.create(
        number="1186/KH-SKHĐT",
        issued_on=date(2022, 4, 19),
        year=2022,
        title="Kế hoạch mẫu",
        issuer=house.department,
        signer_name="Nguyễn Văn Mẫu",
        signer_capacity="Giám đốc",
        source_name="ke-hoach-2022.yaml",
        source_sha256="0" * 64,
        imported_at=NOW,
    )
    item = PlanItem.objects.create(plan=plan, order=1, code="I.1.5", section="I", group="1")
    bullet = PlanBullet.objects.create(item=item, ordinal=1, text="Phòng Một chủ trì")
    return {
        "plan": plan,
        "item": item,
        "bullet": bullet,
        "bullet_unit": BulletUnit.objects.create(
            bullet=bullet, unit=house.division, stands_for=house.division, leads=True
        ),
        "defect": PlanDefect.objects.create(plan=plan, kind="stt", place="dòng 3"),
        "target": PlanTarget.objects.create(
            plan=plan,
            code="CT-1",
            name="Tỷ lệ hồ sơ đúng hạn",
            comparator=">=",
            value=Decimal("55.50"),
            measure="%",
            clause="II.2.5",
            text="nguyên văn",
        ),
        "duty": ReportingDuty.objects.create(plan=plan, code="BC-QUY", frequency="quarterly", clause="III.2", text="x"),
    }


def _people_rows(house: House) -> Stand:
    person = Person.objects.get(pk=house.chief.person_id)
    membership = Membership.objects.get(person=person)
    return {
        "unit": house.division,
        "person": person,
        "membership": membership,
        "set_member": UnitSetMember.objects.create(unit_set=house.leadership, member=house.division),
        "delegation": Delegation.objects.create(
            membership=membership,
            delegate_id=house.reviewer.person_id,
            capacity=Capacity.TL,
            document_number="12/UQ-SKHĐT",
            document_date=MONDAY,
            scope="Ký văn bản đôn đốc",
            valid_from=date(2022, 10, 3),
            valid_to=date(2022, 10, 14),
        ),
    }


def _account_rows(house: House) -> Stand:
    person = house.head.person_id
    return {
        "letter": Letter.objects.create(person_id=person, kind="digest", day=MONDAY, asked_at=NOW),
        "password_record": PasswordRecord.objects.create(person_id=person, encoded="!", set_at=NOW),
        "second_factor": SecondFactor.objects.create(person_id=person, sealed="x", confirmed_at=NOW),
        "calendar_feed": CalendarFeed.objects.create(person_id=person, token_sha256="d" * 64, made_at=NOW),
        "recovery_code": RecoveryCode.objects.create(person_id=person, digest="c" * 64),
        "sign_in_session": SignInSession.objects.create(
            session_key="k" * 32, session_data="", expire_date=NOW, person_id=person, began_at=NOW, seen_at=NOW
        ),
    }


def _task_rows(house: House) -> Stand:
    task = make_task(house, code="KH2022/I.1.5", title="Rà soát thủ tục")
    asked: dict[str, object] = {"asked_by_id": house.head.person_id, "asked_name": "A", "asked_at": NOW}
    report = Report.objects.create(
        task=task,
        version=1,
        round=1,
        content="Xong",
        status=ReportStatus.DRAFT,
        author_id=house.member.person_id,
        author_name="A",
        created_at=NOW,
    )
    return {
        "task": task,
        "report": report,
        "report_revision": ReportRevision.objects.create(report=report, revision=1, content="Gần xong"),
        "proposal": Proposal.objects.create(
            unit=house.division,
            subject="Mua máy quét",
            content="Máy cũ hỏng",
            proposed_by_id=house.member.person_id,
            proposed_name="A",
            proposed_at=NOW,
        ),
        "note": ProgressNote.objects.create(
            task=task, month=date(2022, 9, 1), author_id=house.member.person_id, author_name="A", created_at=NOW
        ),
        "attachment": Attachment.objects.create(
            task=task,
            report=report,
            name="bao-cao.pdf",
            stored_as="2022/10/a.pdf",
            content_type="application/pdf",
            size=12,
            sha256="1" * 64,
            uploaded_by_id=house.member.person_id,
            uploaded_at=NOW,
        ),
        "extension": Extension.objects.create(
            task=task, reason="Thiếu số liệu", old_due=date(2022, 10, 14), wanted_due=date(2022, 10, 21), **asked
        ),
        "suspension": Suspension.objects.create(
            task=task,
            ground="Chờ kết luận thanh tra",
            ground_number="7/KL",
            ground_on=MONDAY,
            started_on=MONDAY,
            started_name="A",
        ),
        "obstacle": Obstacle.objects.create(
            task=task, text="Thiếu máy", raised_by_id=house.head.person_id, raised_name="A", raised_at=NOW
        ),
        "notification": Notification.objects.create(
            person_id=house.head.person_id,
            key="nudge:1",
            kind=NotificationKind.NUDGE,
            text="Còn năm ngày",
            task=task,
            created_at=NOW,
        ),
    }


def _paper_rows(house: House, stand: Stand) -> Stand:
    task, rule = stand["task"], make_rule()
    book = RegisterBook.objects.create(body=house.department, year=2022, series="chung")
    document = Document.objects.create(
        task=task,
        kind=DocumentKind.LETTER,
        status=DocumentStatus.ISSUED,
        book=book,
        issuer=house.department,
        year=2022,
        number=5,
        symbol="SKHĐT-VP",
        issued_on=MONDAY,
        subject="Đôn đốc",
        body="Nội dung",
        drafted_at=NOW,
    )
    escalation = Escalation.objects.create(task=task, round=1, rule=rule, document=document, raised_at=NOW)
    return {
        "rule": rule,
        "book": book,
        "document": document,
        "document_revision": DocumentRevision.objects.create(
            document=document, revision=1, subject="Đôn đốc", body="Nội dung cũ"
        ),
        "delivery": Delivery.objects.create(document=document, recipient="UBND tỉnh", through="Sở Nội vụ", sent_at=NOW),
        "reminder": Reminder.objects.create(
            task=task, round=1, ordinal=1, rule=rule, document=make_draft_document(task), drafted_at=NOW
        ),
        **_life_rows(house, document),
        "escalation": escalation,
        "direction": Direction.objects.create(
            escalation=escalation,
            number="99/UBND-KT",
            issued_on=MONDAY,
            content="Khẩn trương",
            recorded_by_id=house.clerk.person_id,
            recorded_name="A",
            recorded_at=NOW,
        ),
    }


def _life_rows(house: House, document: Document) -> Stand:
    """What stands around an issued document: its names, its appendix, what it replaces, its recall, its signature."""
    earlier = Document.objects.create(
        kind=DocumentKind.LETTER, symbol="SKHĐT-VP", subject="Bản trước", body="Nội dung", drafted_at=NOW
    )
    return {
        "letterhead": Letterhead.objects.create(
            body=house.department,
            parent_name="UBND tỉnh Khánh Hòa",
            name="Sở Kế hoạch và Đầu tư",
            abbreviation="SKHĐT",
            place="Khánh Hòa",
            valid_from=date(2022, 1, 1),
        ),
        "appendix": Appendix.objects.create(document=document, ordinal=1, title="Danh sách", body="Nội dung"),
        "link": DocumentLink.objects.create(document=document, target=earlier, kind=LinkKind.REPLACES, made_at=NOW),
        "recall": Recall.objects.create(document=document, reason="Sai số liệu", recalled_at=NOW),
        "signature": DocumentSignature.objects.create(
            document=document,
            ordinal=1,
            role=SignatureRole.SIGNER,
            certificate_subject="Nguyễn Văn Mẫu",
            certificate_issuer="Nơi cấp thử",
            certificate_serial="1",
            certificate_sha256="2" * 64,
            signed_at=NOW,
            file_name="documents/2022/1-ky.pdf",
            sha256="3" * 64,
        ),
    }


def _other_rows() -> Stand:
    return {
        "calendar_day": CalendarDay.objects.create(
            day=date(2022, 9, 2), kind=CalendarKind.OFF, name="Quốc khánh", source="BLLĐ 2019 Đ112"
        ),
        "policy": Policy.objects.create(
            key="wait_days", value=3, valid_from=MONDAY, reason="mẫu", set_by_name="A", recorded_at=NOW
        ),
        "chain": AuditChain.objects.create(key="thu", seq=1),
        "event": AuditEvent.objects.create(
            chain="thu", seq=1, occurred_at=NOW, action_id=UUID(int=7), name="task.start", body="{}", hash="a" * 64
        ),
        "checkpoint": AuditCheckpoint.objects.create(number=1, made_at=NOW, body="{}", hash="b" * 64),
        "lease": WorkerLease.objects.create(worker_id="tho-1", host="máy", pid=7, started_at=NOW, seen_at=NOW),
        "slot": ScheduledRun.objects.create(name="sweep", slot=NOW, enqueued_at=NOW),
    }


@pytest.fixture(scope="module")
def laid(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stand]:
    """One stored row of every table, by a short name, made once for the module and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        house = make_house()
        made = _plan_rows(house) | _people_rows(house) | _account_rows(house) | _task_rows(house)
        yield made | _paper_rows(house, made) | _other_rows()
        transaction.set_rollback(True)


@pytest.fixture
def stand(laid: Stand) -> Iterator[Stand]:
    """The rows of `laid`; what a test does to them is undone after it."""
    with transaction.atomic():
        yield laid
        transaction.set_rollback(True)
