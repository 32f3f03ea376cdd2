"""A tờ trình, a thông báo and a phiếu trình about one task or draft: what is known is written, people say the rest."""

from __future__ import annotations

from collections.abc import Sequence

from workflow.core.wording.chasing import duty_sentence
from workflow.core.wording.facts import COPY_TO_LEADERS, END, TaskFacts, Words, inside, long_day, without_stop


def _ending(text: str) -> str:
    return text.strip().rstrip(" .;/") + END


def _listed(lines: Sequence[str], mark: str = "- ") -> list[str]:
    said = [f"{mark}{line.strip().rstrip(' .;')};" for line in lines if line.strip()]
    return [*said[:-1], f"{said[-1][:-1]}."] if said else []


def submission_text(facts: TaskFacts, *, results: Sequence[str], standing: str, proposal: str) -> Words:
    """Return the words of a tờ trình: the duty, what was done, and the proposal that its drafter gives.

    `results` are the results accepted so far, a line each; `standing` is how the task stands.
    """
    lines = [
        "I. CƠ SỞ TRÌNH",
        duty_sentence(facts),
        "II. KẾT QUẢ THỰC HIỆN",
        *(_listed(results) or [f"Nhiệm vụ hiện ở tình trạng: {standing.lower()}."]),
        "III. NỘI DUNG ĐỀ NGHỊ",
        *[line.strip() for line in proposal.splitlines() if line.strip()],
        f"{facts.body_name} kính trình xem xét, quyết định{END}",
    ]
    return Words(f"Về việc {inside(facts.name)}", "\n".join(lines), copies=(COPY_TO_LEADERS,))


def notice_text(facts: TaskFacts, *, conclusions: Sequence[str]) -> Words:
    """Return the words of a thông báo of what was concluded about a task, a numbered line each, to the units."""
    said = [line.strip().rstrip(" .;") for line in conclusions if line.strip()]
    lines = [
        duty_sentence(facts),
        f"Sau khi xem xét, {facts.body_name} thông báo kết luận như sau:",
        *(f"{number}. {line}." for number, line in enumerate(said, start=1)),
    ]
    if facts.due_on is not None:
        lines.append(f"Thời hạn hoàn thành nhiệm vụ: {long_day(facts.due_on)}.")
    lines.append(f"{facts.body_name} thông báo để các đơn vị biết, thực hiện{END}")
    return Words(f"Kết luận việc {inside(facts.name)}", "\n".join(lines))


def routing_text(kind_label: str, subject: str, recipients: Sequence[str], *, summary: str) -> Words:
    """Return the words of a phiếu trình that goes with a draft: what is submitted, to whom it will go, and why."""
    named = f"dự thảo {kind_label} về việc {inside(without_stop(subject))}"
    lines = [f"1. Văn bản trình: {named}."]
    if recipients:
        lines.append(f"2. Nơi nhận văn bản: {'; '.join(recipients)}.")
    lines.append(f"{len(lines) + 1}. Tóm tắt nội dung, lý do trình: {_ending(summary)}")
    return Words(f"Trình ký {named}", "\n".join(lines))
