"""The whole breakdown of a plan, and its outline for a person to read before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from workflow.core.breakdown.bullets import Workshop, draft_item, resolutions_of
from workflow.core.breakdown.duties import draft_duties, draft_standing
from workflow.core.breakdown.model import (
    HANDOFF,
    PLAN,
    REPORT,
    REVIEWED,
    SUPPORT,
    WAITING_EVENT,
    Breakdown,
    Readings,
    Resolver,
    TaskDraft,
    Terms,
    UnitRef,
)
from workflow.core.planfile.model import ParsedPlan

KIND_WORDS = {PLAN: "nhiệm vụ chủ trì", SUPPORT: "việc phối hợp", HANDOFF: "bước tiếp theo", REPORT: "báo cáo"}


def break_down(
    plan: ParsedPlan,
    *,
    resolve: Resolver,
    host: UnitRef,
    terms: Terms,
    readings: Readings,
    former: ParsedPlan | None = None,
) -> Breakdown:
    """Return every task that the plan makes, in the order of its rows, parents before their children.

    `host` is Văn phòng, which chases them; `former` is the latest earlier plan, whose "hàng năm" duties may stand.
    Pure: the same plan, units, calendar and policies give the same drafts.

    :raises UnknownPhrase: when a row's timeline is in no form understood (the import has already refused such a plan).
    :raises ValueError: when two drafts would have one code.
    """
    shop = Workshop(plan, resolve, host, terms, readings)
    tasks: list[TaskDraft] = []
    for item in plan.items:
        if not item.rollup:
            tasks.extend(draft_item(shop, item))
    tasks.extend(draft_duties(shop))
    tasks.extend(draft_standing(shop, former))
    repeated = [code for code, times in Counter(draft.code for draft in tasks).items() if times > 1]
    if repeated:
        raise ValueError(f"Hai nhiệm vụ trùng mã: {', '.join(sorted(repeated))}.")
    return Breakdown(
        tasks=tuple(tasks),
        resolutions=tuple(sorted({found for item in plan.items for found in resolutions_of(shop, item)})),
        silent=tuple(_silent(shop)),
    )


def _silent(shop: Workshop) -> Iterator[tuple[str, str]]:
    """Yield each place of the plan that makes no task of its own, and why."""
    for item in shop.plan.items:
        if item.rollup:
            yield f"dòng {item.code}", shop.readings.rollups.get(item.code, "Dòng tổng hợp.")
            continue
        for bullet in item.bullets:
            duties = shop.bullet_is_duty(item, bullet)
            place = f"dòng {item.code}, gạch {bullet.ordinal}"
            if duties:
                yield place, f"Việc của gạch này là các nhiệm vụ báo cáo {duties}."
            for code in (*bullet.lead, *bullet.support):
                if not shop.resolve(code):
                    yield place, f"“{code}” chưa xác định được đơn vị cụ thể; nêu tên theo từng việc."
    made = {duty.code for duty in shop.readings.duties}
    made |= {code for duty in shop.readings.duties for code in duty.same_as}
    for duty in shop.plan.duties:
        if duty.code not in made:
            why = shop.readings.without_tasks.get(duty.code, "Chưa có cách đọc thành nhiệm vụ; chỉ liệt kê.")
            yield f"nghĩa vụ báo cáo {duty.code}", why


def outline(plan: ParsedPlan, breakdown: Breakdown) -> list[str]:
    """Return what activation would make as Vietnamese lines: by row, then what makes nothing, then the totals."""
    lines = [f"Kế hoạch số {plan.number} ngày {plan.issued_on:%d/%m/%Y}: {len(plan.items)} dòng"]
    lines += [f"  {place}: {_said(drafts)}" for place, drafts in _by_place(plan, breakdown).items()]
    lines.append("Không lập nhiệm vụ riêng:")
    lines += [f"  {place}: {why}" for place, why in breakdown.silent]
    lines.append(f"Khiếm khuyết của nguồn: {len(plan.defects)}")
    lines += [
        f"  {defect.kind} – {defect.place}" + (f": “{defect.printed}”" if 0 < len(defect.printed) <= 60 else "")
        for defect in plan.defects
    ]
    lines.append(f"Cộng: {_said(list(breakdown.tasks))}")
    return lines


def _by_place(plan: ParsedPlan, breakdown: Breakdown) -> dict[str, list[TaskDraft]]:
    places: dict[str, list[TaskDraft]] = {f"dòng {item.code}": [] for item in plan.items if not item.rollup}
    for draft in breakdown.tasks:
        places.setdefault(f"dòng {draft.item_code}" if draft.item_code else draft.clause, []).append(draft)
    return places


def _said(drafts: list[TaskDraft]) -> str:
    counts = Counter(draft.kind for draft in drafts)
    words = [f"{counts[kind]} {word}" for kind, word in KIND_WORDS.items() if counts[kind]]
    marks = {
        "thiếu đơn vị chủ trì": sum(draft.unit is None for draft in drafts),
        "đã xong khi ban hành": sum(draft.state == REVIEWED for draft in drafts),
        "chờ sự kiện": sum(draft.state == WAITING_EVENT for draft in drafts),
    }
    noted = [f"{number} {word}" for word, number in marks.items() if number]
    return (", ".join(words) or "không có nhiệm vụ") + (f" ({', '.join(noted)})" if noted else "")
