"""The one-stop forms of a dossier: phiếu hướng dẫn, thông báo bổ sung, văn bản xin lỗi và hẹn lại ngày trả kết quả.

The forms' official layout was not found (facts, section 2.3): their fields are printed from `facts`, the text is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workflow.core.wording.facts import END, Words, long_day, without_stop


@dataclass(frozen=True, slots=True)
class DossierFacts:
    """What a form says of a dossier; what is not known is "" or None."""

    code: str
    procedure: str
    applicant: str = ""
    received_on: date | None = None
    due_on: date | None = None

    def plain(self) -> dict[str, object]:
        """Return it as the forms store it."""
        return {
            "dossier_code": self.code,
            "procedure": without_stop(self.procedure),
            "applicant": self.applicant,
            "received_on": _iso(self.received_on),
        }


def _iso(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


@dataclass(frozen=True, slots=True)
class Slip:
    """A form's words and its facts."""

    words: Words
    facts: dict[str, object]


def missing_papers_slip(
    dossier: DossierFacts,
    *,
    accepted: bool,
    missing: Sequence[str],
    reason: str = "",
    return_by: date | None = None,
    body_name: str,
) -> Slip:
    """Return the phiếu hướng dẫn, given before a dossier is accepted, or the thông báo bổ sung, given after it.

    `missing` are the papers that must come, a line each; `return_by` the day by which they are asked for.
    """
    said = [line.strip().rstrip(" .;") for line in missing if line.strip()]
    called = f"hồ sơ mã số {dossier.code}, thủ tục “{without_stop(dossier.procedure)}”"
    asked = "đề nghị bổ sung" if accepted else "hướng dẫn hoàn thiện"
    lines = [f"Sau khi xem xét {called}, {body_name} {asked} như sau:"]
    lines += [f"{number}. {line}." for number, line in enumerate(said, start=1)]
    if reason:
        lines.append(f"Lý do: {reason.rstrip(' .')}.")
    if return_by is not None:
        lines.append(f"Đề nghị nộp lại trước hoặc trong {long_day(return_by)}.")
    lines[-1] = lines[-1].rstrip(".") + END
    title = "Bổ sung hồ sơ" if accepted else "Hướng dẫn hoàn thiện hồ sơ"
    words = Words(f"{title} mã số {dossier.code}", "\n".join(lines))
    facts = {**dossier.plain(), "missing": said, "return_by": _iso(return_by), "reason": reason}
    return Slip(words, facts)


def apology_slip(dossier: DossierFacts, *, reason: str, new_date: date, body_name: str) -> Slip:
    """Return the apology that names a reason and a new date (one-stop form 04 of TT 01/2018)."""
    due = f", hẹn trả kết quả {long_day(dossier.due_on)}" if dossier.due_on is not None else ""
    received = f" tiếp nhận {long_day(dossier.received_on)}" if dossier.received_on is not None else ""
    lines = [
        (
            f"{body_name} đang giải quyết hồ sơ mã số {dossier.code}{received}, thủ tục "
            f"“{without_stop(dossier.procedure)}”{due}."
        ),
        f"Đến nay hồ sơ chưa giải quyết xong. Lý do: {reason.rstrip(' .')}.",
        f"{body_name} xin lỗi về sự chậm trễ này và hẹn trả kết quả vào {long_day(new_date)}{END}",
    ]
    facts = {**dossier.plain(), "due_on": _iso(dossier.due_on), "reason": reason, "new_date": new_date.isoformat()}
    subject = f"Xin lỗi và hẹn lại ngày trả kết quả hồ sơ mã số {dossier.code}"
    return Slip(Words(subject, "\n".join(lines)), facts)
