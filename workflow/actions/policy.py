"""Setting policies and rules: dated rows, signed by who set them; former rows stay for replays.

Defaults are not rows: they stand in `core.rulebook.DEFAULT_POLICIES`, are shown as "Mặc định của phần mềm", and hold
until the first row of their key takes over. A new version of a rule begins tomorrow at the earliest, so that a replay
of any past moment sees the rule of that moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.utils import timezone

from workflow.actions.audit import ENGINE_NAME, action, record_event
from workflow.actions.rulebook import wake_tasks
from workflow.adapters.rulefile import RuleSeed, load_policy_kinds, load_rule_seeds
from workflow.choices import RuleEffect, TaskKind, TaskOrigin
from workflow.core.errors import Invalid, NotFound, NotPermitted
from workflow.core.escalation import FACT_LABELS
from workflow.core.fields import Fields
from workflow.core.hashchain import Plain
from workflow.core.rulebook import DEFAULT_POLICIES
from workflow.models import Policy, Rule
from workflow.permissions import ADMINISTER, Actor
from workflow.queries.rulebook import load_rulebook

OPERATORS = ("is", "==", ">=", "<=", "<")
VERSIONED_COLUMNS = frozenset({"title", "basis", "conditions", "parameters", "priority"})
"""What a new version of a rule may change; its clause is the plan's and stays word for word."""


@action
def set_policy(key: str, value: Plain, valid_from: date, reason: str, *, by: Actor | None, now: datetime) -> Policy:
    """Set a policy's value from a day on; the sweep looks again at every task whose clock runs.

    A person sets it from today or a later day, since what was decided stays decided; the engine may set any day.

    :raises NotPermitted: unless an administrator does it.
    :raises NotFound: when no policy has that key.
    :raises Invalid: with the fields that are wrong.
    """
    _require_administrator(by)
    kind = load_policy_kinds().get(key)
    if kind is None:
        raise NotFound(f"Không có chính sách nào mã “{key}”.")
    today = timezone.localdate(now)
    fields = Fields()
    reason = fields.text("reason", reason, "Lý do")
    if fault := kind.fault(value):
        fields.refuse("value", f"{kind.title}: {fault}")
    if by is not None:
        fields.coming_day("valid_from", valid_from, "Ngày có hiệu lực", today=today)
    fields.stop_if_wrong()
    before = load_rulebook().policy(key, valid_from)
    row = Policy.objects.create(
        key=key,
        value=value,
        valid_from=valid_from,
        reason=reason,
        set_by_id=by.person_id if by is not None else None,
        set_by_name=by.name if by is not None else ENGINE_NAME,
        recorded_at=now,
    )
    wake_tasks(now=now)
    record_event(
        "policy.set",
        subject="policy",
        by=by,
        now=now,
        before={"key": key, "value": before},
        after={"key": key, "value": value, "valid_from": valid_from},
        details={"reason": reason},
    )
    return row


def _require_administrator(by: Actor | None) -> None:
    if by is not None and not by.holds(ADMINISTER):
        raise NotPermitted("Chỉ quản trị được đặt chính sách và quy tắc.")


@action
def seed_rules(*, by: Actor | None, now: datetime) -> list[Rule]:
    """Insert the shipped rules that are not there yet, with one event when any was; returns those inserted.

    Run again it does nothing. A row that is there stays as it is: what a department changed is its own.

    :raises NotPermitted: unless an administrator or the engine does it.
    :raises ValueError: when a shipped row names an unknown fact, operator, effect, policy, kind or origin.
    """
    _require_administrator(by)
    there = set(Rule.objects.values_list("code", "plan_year", "effect", "version"))
    rows = []
    for seed in load_rule_seeds():
        if fault := condition_fault(seed.conditions):
            raise ValueError(f"seeds/rules.yaml, {seed.code} ({seed.plan_year}): {fault}")
        _check_words(seed)
        if (seed.code, seed.plan_year, seed.effect, seed.version) not in there:
            rows.append(_row_of(seed))
    if rows:
        Rule.objects.bulk_create(rows)
        wake_tasks(now=now)
        after = {f"{row.code} {row.plan_year} {row.effect}": row.version for row in rows}
        record_event("rule.seed", subject="rule", by=by, now=now, after=after)
    return rows


def _check_words(seed: RuleSeed) -> None:
    """Let pass a row whose words stand in `choices`; an unknown one would be a rule that never applies.

    :raises ValueError: for an unknown effect, kind or origin.
    """
    RuleEffect(seed.effect)
    for kind in seed.kinds:
        TaskKind(kind)
    for origin in seed.origins:
        TaskOrigin(origin)


def _row_of(seed: RuleSeed) -> Rule:
    return Rule(
        code=seed.code,
        plan_year=seed.plan_year,
        effect=seed.effect,
        version=seed.version,
        title=seed.title,
        ladder=seed.ladder,
        kinds=list(seed.kinds),
        origins=list(seed.origins),
        plan_number=seed.plan_number,
        item_code=seed.item_code,
        clause=seed.clause,
        basis=seed.basis,
        inferred=seed.inferred,
        conditions=list(seed.conditions),
        parameters=dict(seed.parameters),
        priority=seed.priority,
        valid_from=seed.valid_from,
    )


def condition_fault(conditions: object) -> str:
    """Return what is wrong with a rule's conditions, or "" when the engine can judge them all."""
    if not isinstance(conditions, list | tuple):
        return "Điều kiện phải là một danh sách."
    for row in conditions:
        if not isinstance(row, Mapping):
            return f"Điều kiện phải có fact, op, value: {row!r}."
        if row.get("fact") not in FACT_LABELS:
            return f"Không có điều kiện tên {row.get('fact')!r}; chọn một trong: {', '.join(FACT_LABELS)}."
        if row.get("op") not in OPERATORS:
            return f"Phép so sánh không biết: {row.get('op')!r}; chọn một trong: {', '.join(OPERATORS)}."
        value = row.get("value")
        if isinstance(value, Mapping) and value.get("policy") not in DEFAULT_POLICIES:
            return f"Không có chính sách nào mã {value.get('policy')!r}."
    return ""


@action
def add_rule_version(
    rule_id: int, changes: Mapping[str, Plain], valid_from: date, reason: str, *, by: Actor | None, now: datetime
) -> Rule:
    """Let a new version of a rule take over from a day: the former one ends the day before, nothing is overwritten.

    `changes` holds columns of `VERSIONED_COLUMNS`. The clause never changes: it is the plan's own text.

    :raises NotPermitted: unless an administrator does it.
    :raises NotFound: when there is no such rule.
    :raises Invalid: with the fields that are wrong; the day must lie after today and after the version before began.
    """
    _require_administrator(by)
    former = Rule.objects.select_for_update().filter(pk=rule_id).first()
    if former is None:
        raise NotFound("Không có quy tắc này.")
    fields = Fields()
    reason = fields.text("reason", reason, "Lý do")
    today = timezone.localdate(now)
    if valid_from <= max(today, former.valid_from):
        first = max(today, former.valid_from) + timedelta(days=1)
        fields.refuse("valid_from", f"Phiên bản mới sớm nhất có hiệu lực từ ngày {first:%d/%m/%Y}.")
    if former.valid_to is not None:
        fields.refuse("rule_id", "Phiên bản này đã có phiên bản sau thay thế; hãy sửa từ phiên bản mới nhất.")
    unknown = sorted(set(changes) - VERSIONED_COLUMNS)
    if unknown or not changes:
        fields.refuse("changes", f"Chỉ đổi được: {', '.join(sorted(VERSIONED_COLUMNS))}.")
    if "conditions" in changes and (fault := condition_fault(changes["conditions"])):
        fields.refuse("conditions", fault)
    fields.stop_if_wrong()
    return _take_over(former, changes, valid_from, reason, by=by, now=now)


def _take_over(
    former: Rule, changes: Mapping[str, Plain], valid_from: date, reason: str, *, by: Actor | None, now: datetime
) -> Rule:
    newest = Rule(
        **{
            field.attname: getattr(former, field.attname)
            for field in Rule._meta.concrete_fields
            if not field.primary_key
        }
    )
    newest.version, newest.valid_from = former.version + 1, valid_from
    for column, value in changes.items():
        setattr(newest, column, value)
    if not newest.basis or not newest.title:
        raise Invalid.of(basis="Quy tắc phải có tên và căn cứ; hãy nhập lại.")
    former.valid_to = valid_from - timedelta(days=1)
    former.save(update_fields=["valid_to"])
    newest.save(force_insert=True)
    wake_tasks(now=now)
    record_event(
        "rule.version",
        subject="rule",
        by=by,
        now=now,
        before={"version": former.version, **{column: getattr(former, column) for column in sorted(changes)}},
        after={"version": newest.version, "valid_from": valid_from, **changes},
        details={"rule": former.code, "plan_year": former.plan_year, "effect": former.effect, "reason": reason},
    )
    return newest
