"""The scripted scenes: what somebody sets going on a fixed day; the daily work and the desks carry it on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.timezone import localdate

from workflow.actions.adjustment import ask_extension, raise_obstacle, resume_task, suspend_task
from workflow.actions.consultation import consult
from workflow.actions.escalation import escalate_task, withdraw_escalation
from workflow.actions.proposal import make_proposal
from workflow.actions.rehearsal.script import (
    ASSIGNED_WORK,
    CLOSED_BY_DIRECTION,
    DOSSIERS,
    KEPT,
    WISHES,
    Case,
    Kept,
    Script,
    Wish,
)
from workflow.actions.rehearsal.stage import Act, Play, Stage, local_moment, present
from workflow.actions.task import (
    arm_task,
    assign_lead,
    assign_person,
    cancel_task,
    open_dossier,
    open_province_task,
    reopen_task,
    start_task,
)
from workflow.choices import CLOCK_STATES, EscalationStatus, FlowKind, TaskKind, TaskState
from workflow.models import Escalation, Task

SceneBody = Callable[[Stage, Script, date, datetime], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """One scripted scene: its day (MM-DD), its hour, what it is called, what happens; `years` it belongs to."""

    day: str
    clock: str
    name: str
    body: SceneBody
    years: frozenset[int] = frozenset({2022, 2023})


def plan_scenes_day(stage: Stage, script: Script, day: date) -> list[Act]:
    """Return the scripted scenes of a working day; what was written for a day off comes on the next working day."""
    acts = [*_openings(stage, script, day), *_questions(stage, script, day)]
    acts += [*_wishes(stage, script, day), *_keeps(stage, script, day)]
    for scene in SCENES:
        if script.year in scene.years and _falls_on(stage, script, scene.day, day):

            def play(now: datetime, body: SceneBody = scene.body) -> None:
                body(stage, script, day, now)

            acts.append(Act(local_moment(day, scene.clock), scene.name, play))
    return acts


def _falls_on(stage: Stage, script: Script, text: str, day: date) -> bool:
    return stage.calendar.first_on_or_after(script.day_of(text)) == day


def _wishes(stage: Stage, script: Script, day: date) -> Iterator[Act]:
    """A unit's specialist proposes something (2022 I.2.2)."""
    for wish in WISHES:
        if _falls_on(stage, script, wish.day, day):

            def play(now: datetime, wish: Wish = wish) -> None:
                by = present(stage.cast.specialist(wish.unit, now), wish.unit)
                unit = stage.cast.unit_called(wish.unit)
                made = make_proposal(unit.pk, wish.subject, wish.content, by=by, now=now)
                if wish.refused:
                    script.refused_wishes.add(made.pk)
                if wish.stays_at:
                    script.hold(FlowKind.PROPOSAL, made.pk, wish.stays_at)

            yield stage.act(day, f"đề xuất {wish.subject}", play)


def _keeps(stage: Stage, script: Script, day: date) -> Iterator[Act]:
    """A unit sets about a report that is to lie at a step on the morning shown."""
    for kept in KEPT:
        if _falls_on(stage, script, kept.day, day):

            def play(_now: datetime, kept: Kept = kept) -> None:
                task = find_task(stage, kept.unit, kept.item)
                if task is not None:
                    script.promised[task.pk] = day
                    script.hold(FlowKind.REPORT, task.pk, kept.stays_at)

            yield Act(local_moment(day, "09:00"), f"báo cáo {kept.unit} {kept.item} bắt đầu", play)


def _openings(stage: Stage, script: Script, day: date) -> Iterator[Act]:
    """A case is opened; a dossier is given to its officer and taken up within the same half hour."""
    for case in (*DOSSIERS, *ASSIGNED_WORK):
        if _falls_on(stage, script, case.day, day):
            yield Act(local_moment(day, "09:10"), f"{case.key} mở", _bind(_open_case, stage, script, case))
            if case in DOSSIERS:
                yield Act(local_moment(day, "09:15"), f"{case.key} phân công", _bind(_assign, stage, script, case))
                yield Act(local_moment(day, "09:22"), f"{case.key} bắt đầu", _bind(_take_up, stage, script, case))


def _bind(play: Callable[[Stage, Script, Case, datetime], None], stage: Stage, script: Script, case: Case) -> Play:
    return lambda now: play(stage, script, case, now)


def _open_case(stage: Stage, script: Script, case: Case, now: datetime) -> None:
    unit = stage.cast.unit_called(case.unit)
    day = localdate(now)
    until = stage.working_days_after(day, case.term)
    if case in DOSSIERS:
        code = f"{case.key}-{script.year}"
        by = present(stage.cast.specialist(case.unit, now), case.unit)
        task = open_dossier(case.title, unit.pk, until, code, by=by, now=now)
    else:
        number = f"{stage.next_number(f'UBND {script.year}')}/TD-UBND"
        issued = stage.working_days_after(day, -1)
        task = open_province_task(case.title, unit.pk, until, number, issued, by=stage.cast.chief(now), now=now)
    script.tasks[case.key] = task.pk


def _assign(stage: Stage, script: Script, case: Case, now: datetime) -> None:
    officer = present(stage.cast.specialist(case.unit, now), case.unit)
    head = present(stage.cast.head(case.unit, now), case.unit)
    assign_person(script.tasks[case.key], officer.person_id, by=head, now=now)


def _take_up(stage: Stage, script: Script, case: Case, now: datetime) -> None:
    start_task(script.tasks[case.key], by=present(stage.cast.specialist(case.unit, now), case.unit), now=now)


def _questions(stage: Stage, script: Script, day: date) -> Iterator[Act]:
    for case in (*DOSSIERS, *ASSIGNED_WORK):
        if not case.bodies or (case.key not in script.tasks and not _falls_on(stage, script, case.day, day)):
            continue
        opened = stage.calendar.first_on_or_after(script.day_of(case.day))
        if day == stage.working_days_after(opened, case.asked_after):

            def play(now: datetime, case: Case = case) -> None:
                _ask_bodies(stage, script, case, day, now)

            yield stage.act(day, f"{case.key} lấy ý kiến", play, earliest=15 * 60)


def _ask_bodies(stage: Stage, script: Script, case: Case, day: date, now: datetime) -> None:
    due = stage.working_days_after(day, case.answer_term)
    units = [stage.cast.unit_called(code).pk for code, _habit in case.bodies]
    question = f"Đề nghị quý cơ quan có ý kiến về: {case.title}."
    by = present(stage.cast.specialist(case.unit, now), case.unit)
    parent = script.tasks[case.key]
    if Task.objects.filter(pk=parent, state=TaskState.ASSIGNED).exists():
        start_task(parent, by=by, now=now)
    consult(parent, units, question, due, by=by, now=now)
    for code, habit in case.bodies:
        child = Task.objects.get(parent_id=parent, kind=TaskKind.CONSULTATION, unit=stage.cast.unit_called(code))
        script.tasks[f"{case.key} {code}"] = child.pk
        script.habits[child.pk] = habit
        if (case.key, code) in CLOSED_BY_DIRECTION:
            script.closed_by_direction.add(child.pk)


def find_task(stage: Stage, unit_code: str, item_code: str, *, due: bool = False) -> Task | None:
    """Return the first task of a unit for a plan row on which work still goes on, or None."""
    tasks = Task.objects.filter(unit=stage.cast.unit_called(unit_code), item__code=item_code, state__in=CLOCK_STATES)
    return tasks.filter(due_on__isnull=False).order_by("pk").first() if due else tasks.order_by("pk").first()


def _assign_leads(stage: Stage, script: Script, _day: date, now: datetime) -> None:
    """Rows that name no unit get their lead from the director: the ranking row Văn phòng, the others Một cửa."""
    by = stage.cast.leader(now)
    for task in Task.objects.filter(unit__isnull=True).select_related("item").order_by("pk"):
        row = task.item.code if task.item else ""
        unit = stage.cast.unit_called("VP" if row == "II.2.3" else "BPMC")
        assign_lead(task.pk, unit.pk, by=by, now=now)


def _ask_more_time(key: str, days: int, reason: str) -> SceneBody:
    def play(stage: Stage, script: Script, _day: date, now: datetime) -> None:
        task = Task.objects.filter(pk=script.tasks.get(key, 0), state__in=CLOCK_STATES).select_related("unit").first()
        if task is not None:
            _extend(stage, task, days, reason, now)

    return play


def _ask_more_time_for_row(unit: str, item: str, days: int, reason: str, *, refused: bool = False) -> SceneBody:
    def play(stage: Stage, script: Script, _day: date, now: datetime) -> None:
        task = find_task(stage, unit, item, due=True)
        if task is None:
            return
        if refused:
            script.refused_extensions.add(task.pk)
        _extend(stage, task, days, reason, now)

    return play


def _extend(stage: Stage, task: Task, days: int, reason: str, now: datetime) -> None:
    code = stage.cast.unit(task.unit_id or 0).code
    wanted = stage.working_days_after(task.due_on or localdate(now), days)
    ask_extension(task.pk, reason, wanted, by=present(stage.cast.head(code, now), code), now=now)


def _raise_obstacle(unit: str, item: str, text: str, *, stays_open: bool = False) -> SceneBody:
    def play(stage: Stage, script: Script, _day: date, now: datetime) -> None:
        task = find_task(stage, unit, item)
        if task is None:
            return
        raised = raise_obstacle(task.pk, text, by=present(stage.cast.head(unit, now), unit), now=now)
        if stays_open:
            script.hold(FlowKind.OBSTACLE, raised.pk, "advise")

    return play


def _suspend(stage: Stage, script: Script, day: date, now: datetime) -> None:
    ground = "Chờ kết luận của cơ quan có thẩm quyền theo văn bản trình diễn"
    number = f"{stage.next_number('SXD văn bản')}/TD-SXD"
    by = present(stage.cast.specialist("P-DKKD", now), "P-DKKD")
    suspend_task(script.tasks["HS-05"], ground, number, stage.working_days_after(day, -1), by=by, now=now)


def _resume(stage: Stage, script: Script, _day: date, now: datetime) -> None:
    resume_task(script.tasks["HS-05"], by=present(stage.cast.specialist("P-DKKD", now), "P-DKKD"), now=now)


def _arm(stage: Stage, _script: Script, day: date, now: datetime) -> None:
    """Bộ Kế hoạch và Đầu tư's announcement arrives (an invented one): what waited for it begins."""
    for task in Task.objects.filter(state=TaskState.WAITING_EVENT, item__code="II.1.7").order_by("pk"):
        arm_task(task.pk, "01/TD-BKHĐT", stage.working_days_after(day, -2), by=stage.cast.reviewer(now), now=now)


def _escalate_early(stage: Stage, script: Script, _day: date, now: datetime) -> None:
    """Phòng Đăng ký kinh doanh reports a silent body early, by hand, as 2022 II.1.9 lets it."""
    task = Task.objects.filter(pk=script.tasks.get("HS-08 UBND-CR", 0), state__in=CLOCK_STATES).first()
    if task is not None:
        reason = "Cơ quan được lấy ý kiến đã trả lời qua điện thoại là chưa thể góp ý; hồ sơ sắp hết thời gian xử lý."
        escalate_task(task.pk, reason, by=present(stage.cast.specialist("P-DKKD", now), "P-DKKD"), now=now)


def _withdraw(stage: Stage, script: Script, day: date, now: datetime) -> None:
    """The director takes a duty back that had not been sent, since the unit answered for itself; the unit reports."""
    duties = Escalation.objects.filter(
        Q(status=EscalationStatus.DUTY), task__unit=stage.cast.unit_called("P-DTGS"), task__item__code="I.1.3"
    )
    duty = duties.order_by("pk").first()
    if duty is not None:
        reason = "Trưởng phòng đã giải trình trực tiếp và cam kết báo cáo trong hai ngày làm việc."
        script.promised[duty.task_id] = stage.working_days_after(day, 2)
        withdraw_escalation(duty.pk, reason, by=stage.cast.leader(now), now=now)


def _cancel(stage: Stage, _script: Script, _day: date, now: datetime) -> None:
    task = find_task(stage, "TTRA", "II.1.10")
    if task is not None:
        reason = "Đơn vị không có biên chế phải sắp xếp trong năm (lý do trình diễn)."
        cancel_task(task.pk, reason, by=stage.cast.leader(now), now=now)


def _reopen(stage: Stage, script: Script, day: date, now: datetime) -> None:
    done = Task.objects.filter(unit=stage.cast.unit_called("P-TH"), state=TaskState.REVIEWED).order_by("pk").first()
    if done is not None:
        script.promised[done.pk] = stage.working_days_after(day, 6)
        reopen_task(done.pk, "Cần bổ sung số liệu quý III (lý do trình diễn).", by=stage.cast.leader(now), now=now)


ONLY_2022 = frozenset({2022})

SCENES: tuple[Scene, ...] = (
    Scene("04-27", "10:15", "giao đơn vị chủ trì", _assign_leads),
    Scene(
        "06-20",
        "09:20",
        "xin gia hạn quy chế Trung tâm",
        _ask_more_time_for_row("TT-XTDT", "II.1.4", 20, "Chờ ý kiến về phương án tự chủ (lý do trình diễn)."),
        ONLY_2022,
    ),
    Scene(
        "06-24",
        "09:40",
        "xin gia hạn bị từ chối",
        _ask_more_time_for_row("P-DN", "I.1.3", 15, "Thiếu người (lý do trình diễn).", refused=True),
    ),
    Scene("07-14", "10:30", "rút báo cáo UBND tỉnh", _withdraw),
    Scene(
        "08-10",
        "09:30",
        "phản ánh vướng mắc",
        _raise_obstacle("P-KTDN", "I.2.1", "Số liệu của hai hệ thống chưa khớp (vướng mắc trình diễn)."),
    ),
    Scene("08-15", "10:00", "tạm dừng hồ sơ", _suspend),
    Scene("08-24", "10:00", "tiếp tục hồ sơ", _resume),
    Scene(
        "08-29",
        "09:15",
        "xin gia hạn việc UBND tỉnh giao",
        _ask_more_time("UB-05", 10, "Doanh nghiệp đề nghị lùi ngày đối thoại (lý do trình diễn)."),
    ),
    Scene("09-12", "14:10", "sự kiện của dòng II.1.7", _arm, ONLY_2022),
    Scene("09-20", "15:00", "hủy một việc phối hợp", _cancel, ONLY_2022),
    Scene("10-05", "10:40", "mở lại một việc", _reopen),
    Scene("10-14", "09:05", "báo cáo UBND tỉnh sớm", _escalate_early, ONLY_2022),
    Scene(
        "11-17",
        "09:50",
        "xin gia hạn đang chờ",
        _ask_more_time("UB-10", 8, "Còn hai doanh nghiệp chưa gửi kiến nghị (lý do trình diễn)."),
    ),
    Scene(
        "11-17",
        "10:20",
        "vướng mắc đang chờ",
        _raise_obstacle(
            "P-DTGS", "I.2.1", "Chưa có người thay cán bộ chuyển công tác (vướng mắc trình diễn).", stays_open=True
        ),
    ),
)
"""The year's scenes in order."""
