"""The desks that answer: văn thư, Chánh Văn phòng, leaders, consulted bodies, UBND tỉnh; all by what lies there."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.timezone import localdate

from workflow.actions.adjustment import advise_obstacle, decide_extension, decide_obstacle
from workflow.actions.consultation import record_answer
from workflow.actions.escalation import record_direction, send_escalation
from workflow.actions.rehearsal.script import Habit, Script
from workflow.actions.rehearsal.stage import Act, Stage
from workflow.actions.reminder import issue_reminder
from workflow.choices import EscalationStatus, ReminderStatus, RequestStatus, Role, TaskKind, TaskState
from workflow.models import Escalation, Extension, Obstacle, Reminder, Task
from workflow.permissions import Actor

AFTERNOON = 14 * 60
ANSWER_STATES = (TaskState.ASSIGNED, TaskState.IN_PROGRESS, TaskState.ESCALATED)


def plan_desks_day(stage: Stage, script: Script, day: date) -> list[Act]:
    """Return what lies ready to be answered on a working day, each answered by whose desk it is."""
    return [
        *_bodies(stage, script, day),
        *_reminders(stage, script, day),
        *_duties(stage, day),
        *_directions(stage, script, day),
        *_extensions(stage, script, day),
        *_obstacles(stage, script, day),
    ]


def _bodies(stage: Stage, script: Script, day: date) -> list[Act]:
    """A consulted body answers by its habit: through its own account, or on paper, which văn thư records."""
    asked = Task.objects.filter(kind=TaskKind.CONSULTATION, state__in=ANSWER_STATES, due_on__isnull=False)
    acts = []
    for task in asked.select_related("unit").order_by("pk"):
        answers = _answer_day(stage, script, task)
        if answers is not None and day >= answers:

            def play(now: datetime, task: Task = task) -> None:
                _answer(stage, task, day, now)

            acts.append(stage.act(day, f"{task.code} trả lời", play, of=task))
    return acts


def _answer_day(stage: Stage, script: Script, task: Task) -> date | None:
    habit = script.habits.get(task.pk, Habit.ON_TIME)
    due = task.due_on or date.max
    if task.state == TaskState.ESCALATED or habit in {Habit.SILENT, Habit.EXPECTED}:
        return None
    if task.round > 1:
        return stage.working_days_after(due, -stage.roll((1, 2), task.code, "sau chỉ đạo"))
    if habit == Habit.ON_TIME:
        return stage.working_days_after(due, -stage.roll((0, 2), task.code, "trả lời"))
    needed = 1 if habit == Habit.AFTER_FIRST else 2
    if habit == Habit.AFTER_DIRECTION or task.reminders_issued < needed or task.last_reminder_at is None:
        return None
    return stage.working_days_after(localdate(task.last_reminder_at), stage.roll((1, 2), task.code, "sau đôn đốc"))


def _answer(stage: Stage, task: Task, day: date, now: datetime) -> None:
    unit = stage.cast.unit(task.unit_id or 0)
    person = stage.cast.find(unit.code, Role.EXTERNAL)
    by: Actor = stage.cast.act_as(person, now) if person else stage.cast.clerk(now)
    number = f"{stage.next_number(f'{unit.code} {day.year}')}/TD-{unit.abbreviation or unit.code}"
    content = f"{unit.name} thống nhất với nội dung xin ý kiến (văn bản trình diễn)."
    record_answer(task.pk, number, day, content, by=by, now=now)


def _reminders(stage: Stage, script: Script, day: date) -> list[Act]:
    """A drafted reminder to a body outside is signed and issued the same afternoon or the working day after."""
    acts = []
    for reminder in Reminder.objects.filter(status=ReminderStatus.DRAFT).select_related("task").order_by("pk"):
        task = reminder.task
        if script.habits.get(task.pk) == Habit.EXPECTED:
            continue
        late = 1 if stage.happens(20, task.code, task.round, reminder.ordinal, "ký chậm") else 0
        if day >= stage.working_days_after(localdate(reminder.drafted_at), late):

            def play(now: datetime, pk: int = reminder.pk) -> None:
                _issue(stage, pk, now)

            acts.append(stage.act(day, f"{task.code} phát hành đôn đốc", play, of=task, earliest=AFTERNOON))
    return acts


def _issue(stage: Stage, reminder_id: int, now: datetime) -> None:
    issue_reminder(reminder_id, by=stage.cast.chief_or_delegate(now), now=now)


def _duties(stage: Stage, day: date) -> list[Act]:
    """A duty to report to UBND tỉnh is signed and sent one or two working days after it arose."""
    acts = []
    for duty in Escalation.objects.filter(status=EscalationStatus.DUTY).select_related("task").order_by("pk"):
        wait = stage.roll((1, 2), duty.task.code, duty.round, "gửi báo cáo UBND")
        if day >= stage.working_days_after(localdate(duty.raised_at), wait):
            key = f"{duty.task.code} gửi báo cáo UBND"

            def play(now: datetime, pk: int = duty.pk) -> None:
                _send(stage, pk, now)

            acts.append(stage.act(day, key, play, of=duty.task, earliest=AFTERNOON))
    return acts


def _send(stage: Stage, escalation_id: int, now: datetime) -> None:
    send_escalation(escalation_id, by=stage.cast.leader(now), now=now)


def _directions(stage: Stage, script: Script, day: date) -> list[Act]:
    """UBND tỉnh answers after five to eight working days, sooner when it closes; văn thư records its answer."""
    acts = []
    sent = Escalation.objects.filter(status=EscalationStatus.SENT, sent_at__isnull=False).select_related("task")
    for escalation in sent.order_by("pk"):
        task = escalation.task
        if task.state != TaskState.ESCALATED:
            continue
        closes = task.pk in script.closed_by_direction
        wait = stage.roll((2, 3) if closes else (5, 8), task.code, escalation.round, "chỉ đạo")
        if escalation.sent_at and day >= stage.working_days_after(localdate(escalation.sent_at), wait):

            def play(now: datetime, pk: int = escalation.pk, closes: bool = closes) -> None:
                _direct(stage, pk, day, now, closes=closes)

            acts.append(stage.act(day, f"{task.code} ý kiến chỉ đạo", play, of=task))
    return acts


def _direct(stage: Stage, escalation_id: int, day: date, now: datetime, *, closes: bool) -> None:
    number = f"{stage.next_number(f'UBND {day.year}')}/TD-UBND"
    by = stage.cast.clerk(now)
    if closes:
        content = "UBND tỉnh đồng ý để Sở giải quyết trên cơ sở hồ sơ hiện có (văn bản trình diễn)."
        record_direction(escalation_id, number, day, content, None, True, by=by, now=now)
        return
    new_due = stage.working_days_after(day, 8)
    content = f"Yêu cầu hoàn thành chậm nhất ngày {new_due:%d/%m/%Y} (văn bản trình diễn)."
    record_direction(escalation_id, number, day, content, new_due, False, by=by, now=now)


def _extensions(stage: Stage, script: Script, day: date) -> list[Act]:
    """A leader decides a request two working days after it was made."""
    acts = []
    for request in Extension.objects.filter(status=RequestStatus.PENDING).select_related("task").order_by("pk"):
        if day < stage.working_days_after(localdate(request.asked_at), 2):
            continue
        refused = request.task_id in script.refused_extensions

        def play(now: datetime, asked: Extension = request, refused: bool = refused) -> None:
            by = stage.cast.deputy_leader(now)
            if refused:
                reason = "Lý do chưa thuyết phục; đơn vị tập trung hoàn thành đúng hạn."
                decide_extension(asked.pk, False, None, reason, by=by, now=now)
            else:
                reason = "Đồng ý, lý do khách quan; không gia hạn thêm."
                decide_extension(asked.pk, True, asked.wanted_due, reason, by=by, now=now)

        acts.append(stage.act(day, f"{request.task.code} quyết định gia hạn", play, of=request.task))
    return acts


def _obstacles(stage: Stage, script: Script, day: date) -> list[Act]:
    """Văn phòng advises a working day after an obstacle was raised; the director decides two days after that."""
    acts = []
    for obstacle in Obstacle.objects.filter(status=RequestStatus.PENDING).select_related("task").order_by("pk"):
        raised = localdate(obstacle.raised_at)
        code = obstacle.task.code
        if obstacle.task_id in script.open_obstacles:
            continue
        if not obstacle.advice and day >= stage.working_days_after(raised, 1):
            advice = "Đề nghị Lãnh đạo Sở chủ trì họp với các đơn vị liên quan để thống nhất cách làm."

            def advise(now: datetime, pk: int = obstacle.pk, advice: str = advice) -> None:
                advise_obstacle(pk, advice, by=stage.cast.reviewer(now), now=now)

            acts.append(stage.act(day, f"{code} tham mưu vướng mắc", advise, of=obstacle.task))
        elif obstacle.advice and day >= stage.working_days_after(raised, 3):
            decision = "Đồng ý với đề xuất của Văn phòng; thời hạn giữ nguyên."

            def decide(now: datetime, pk: int = obstacle.pk, decision: str = decision) -> None:
                decide_obstacle(pk, True, decision, by=stage.cast.leader(now), now=now)

            acts.append(stage.act(day, f"{code} giải quyết vướng mắc", decide, of=obstacle.task))
    return acts
