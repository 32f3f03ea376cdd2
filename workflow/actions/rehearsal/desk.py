"""The desks that answer: consulted bodies, văn thư for UBND tỉnh, Văn phòng and leaders on what units ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.utils.timezone import localdate

from workflow.actions.consultation import record_answer
from workflow.actions.flow import Waiting
from workflow.actions.rehearsal.script import Habit, Script
from workflow.actions.rehearsal.stage import Act, Play, Post, Stage, present
from workflow.choices import EscalationStatus, FlowKind, Role, TaskKind, TaskState
from workflow.models import Escalation, Extension, Obstacle, Task
from workflow.permissions import Actor

ANSWER_STATES = (TaskState.ASSIGNED, TaskState.IN_PROGRESS, TaskState.ESCALATED)


def plan_desks_day(stage: Stage, script: Script, day: date, waiting: Sequence[Waiting]) -> list[Act]:
    """Return what lies ready to be answered on a working day, each answered by whose desk it is."""
    posts: dict[FlowKind, list[Waiting]] = defaultdict(list)
    for post in waiting:
        posts[post.kind].append(post)
    return [
        *_bodies(stage, script, day),
        *_directions(stage, script, day, posts[FlowKind.ESCALATION]),
        *_extensions(stage, script, day, posts[FlowKind.EXTENSION]),
        *_obstacles(stage, script, day, posts[FlowKind.OBSTACLE]),
        *_proposals(stage, script, day, posts[FlowKind.PROPOSAL]),
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


def _directions(stage: Stage, script: Script, day: date, posts: Sequence[Waiting]) -> list[Act]:
    """UBND tỉnh answers after five to eight working days, sooner when it closes; văn thư records its answer."""
    acts = []
    sent = Escalation.objects.filter(status=EscalationStatus.SENT, sent_at__isnull=False).select_related("task")
    duties = sent.in_bulk([post.target_id for post in posts])
    for post in posts:
        duty = duties.get(post.target_id)
        if duty is None or duty.sent_at is None or duty.task.state != TaskState.ESCALATED:
            continue
        task = duty.task
        closes = task.pk in script.closed_by_direction
        wait = stage.roll((2, 3) if closes else (5, 8), task.code, duty.round, "chỉ đạo")
        if day >= stage.working_days_after(localdate(duty.sent_at), wait):
            play = _direct(stage, _post(post), day, closes=closes)
            acts.append(stage.act(day, f"{task.code} ý kiến chỉ đạo", play, of=task, at=_post(post)))
    return acts


def _post(waiting: Waiting) -> Post:
    return Post(waiting.kind, waiting.target_id, waiting.node)


def _direct(stage: Stage, post: Post, day: date, *, closes: bool) -> Play:
    new_due = None if closes else stage.working_days_after(day, 8)
    content = (
        f"Yêu cầu hoàn thành chậm nhất ngày {new_due:%d/%m/%Y} (văn bản trình diễn)."
        if new_due
        else "UBND tỉnh đồng ý để Sở giải quyết trên cơ sở hồ sơ hiện có (văn bản trình diễn)."
    )

    def play(now: datetime) -> None:
        number = f"{stage.next_number(f'UBND {day.year}')}/TD-UBND"
        given = {"number": number, "issued_on": day, "content": content, "new_due": new_due, "closes": closes}
        post.decide("record", by=stage.cast.clerk(now), now=now, **given)

    return play


def _extensions(stage: Stage, script: Script, day: date, posts: Sequence[Waiting]) -> list[Act]:
    """Văn phòng advises a working day after a request was made; a leader decides two working days after it."""
    acts = []
    asked = Extension.objects.select_related("task").in_bulk([post.target_id for post in posts])
    for post in posts:
        request = asked[post.target_id]
        code, since = request.task.code, localdate(request.asked_at)
        if post.node == "advise" and day >= stage.working_days_after(since, 1):
            play = _advises(stage, _post(post), "Lý do có cơ sở; đề nghị Lãnh đạo Sở xem xét.")
            if request.task_id in script.refused_extensions:
                play = _advises(stage, _post(post), "Đơn vị còn đủ thời gian; đề nghị không gia hạn.")
            acts.append(stage.act(day, f"{code} tham mưu gia hạn", play, of=request.task, at=_post(post)))
        elif post.node == "decide" and day >= stage.working_days_after(since, 2):
            play = _decides_extension(stage, script, _post(post), request)
            acts.append(stage.act(day, f"{code} quyết định gia hạn", play, of=request.task, at=_post(post)))
    return acts


def _advises(stage: Stage, post: Post, advice: str) -> Play:
    return lambda now: post.decide("advise", by=stage.cast.reviewer(now), now=now, reason=advice)


def _decides_extension(stage: Stage, script: Script, post: Post, request: Extension) -> Play:
    def play(now: datetime) -> None:
        by = stage.cast.deputy_leader(now)
        if request.task_id in script.refused_extensions:
            post.decide(
                "refuse", by=by, now=now, reason="Lý do chưa thuyết phục; đơn vị tập trung hoàn thành đúng hạn."
            )
        else:
            reason = "Đồng ý, lý do khách quan; không gia hạn thêm."
            post.decide("approve", by=by, now=now, new_due=request.wanted_due, reason=reason)

    return play


def _obstacles(stage: Stage, script: Script, day: date, posts: Sequence[Waiting]) -> list[Act]:
    """Văn phòng advises a working day after an obstacle was raised; the director decides two days after that."""
    acts = []
    raised = Obstacle.objects.select_related("task").in_bulk([post.target_id for post in posts])
    for post in posts:
        obstacle = raised[post.target_id]
        if script.stays(post.kind, post.target_id, post.node, day):
            continue
        code, since = obstacle.task.code, localdate(obstacle.raised_at)
        if post.node == "advise" and day >= stage.working_days_after(since, 1):
            advice = "Đề nghị Lãnh đạo Sở chủ trì họp với các đơn vị liên quan để thống nhất cách làm."
            play = _advises(stage, _post(post), advice)
            acts.append(stage.act(day, f"{code} tham mưu vướng mắc", play, of=obstacle.task, at=_post(post)))
        elif post.node == "decide" and day >= stage.working_days_after(since, 3):
            play = _decides_obstacle(stage, _post(post))
            acts.append(stage.act(day, f"{code} giải quyết vướng mắc", play, of=obstacle.task, at=_post(post)))
    return acts


def _decides_obstacle(stage: Stage, post: Post) -> Play:
    decision = "Đồng ý với đề xuất của Văn phòng; thời hạn giữ nguyên."
    return lambda now: post.decide("approve", by=stage.cast.leader(now), now=now, reason=decision)


def _proposals(stage: Stage, script: Script, day: date, posts: Sequence[Waiting]) -> list[Act]:
    """A unit's proposal takes one desk a working day: its head, Văn phòng, a leader (2022 I.2.2)."""
    acts = []
    for post in posts:
        if script.stays(post.kind, post.target_id, post.node, day):
            continue
        if day >= stage.working_days_after(localdate(post.since), 1):
            key = f"đề xuất {post.target_id} {post.node}"
            acts.append(stage.act(day, key, _decides_proposal(stage, script, post), at=_post(post)))
    return acts


def _decides_proposal(stage: Stage, script: Script, waiting: Waiting) -> Play:
    post, code = _post(waiting), stage.cast.unit(waiting.unit_id).code
    refused = waiting.target_id in script.refused_wishes

    def play(now: datetime) -> None:
        if post.node == "head":
            post.decide("approve", by=present(stage.cast.head(code, now), code), now=now)
        elif post.node == "advise":
            advice = "Đề nghị chỉ thay những máy đã hỏng." if refused else "Đề xuất cần thiết, trong dự toán được giao."
            post.decide("advise", by=stage.cast.reviewer(now), now=now, reason=advice)
        elif refused:
            reason = "Chưa bố trí được kinh phí; đơn vị lập danh sách máy hỏng để thay dần."
            post.decide("refuse", by=stage.cast.leader(now), now=now, reason=reason)
        else:
            post.decide("approve", by=stage.cast.leader(now), now=now, note="Đồng ý.")

    return play
