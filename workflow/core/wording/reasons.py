"""Why no reminder may be drafted and no report to UBND tỉnh made now, as sentences for the person who asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

DRAFT_WAITS = "Đang có dự thảo văn bản đôn đốc chưa phát hành; hãy phát hành hoặc rút dự thảo đó."


def why_no_reminder(facts: Mapping[str, object], ladder: str) -> str:
    """Return why no reminder may be drafted now, as a sentence for the person who asked; `facts` are a decision's.

    Sources: 2022 I.1.5 (written reminders only while processing time remains), 2022 II.1.5 = 2023 II.1.3 (ladder C).
    """
    return _first_reason(
        (
            (not facts["open"], "Nhiệm vụ không còn ở trạng thái chờ đơn vị thực hiện nên không đôn đốc."),
            (not facts["ladder_open"], "Vòng này đã chuyển UBND tỉnh nên không đôn đốc nữa."),
            (
                ladder == "B" and facts["time_exhausted"],
                "Đã hết thời gian xử lý thủ tục hành chính nên không đôn đốc nữa, phải báo cáo UBND tỉnh.",
            ),
            (not facts["late"], "Nhiệm vụ chưa quá hạn nên chưa có văn bản đôn đốc."),
            (facts["draft_pending"], DRAFT_WAITS),
            (not facts["clock_runs"], "Vướng mắc đang chờ giải quyết và chính sách cho dừng thời hạn."),
            (not facts["wait_over"], "Chưa hết thời gian chờ sau lần đôn đốc trước."),
            (ladder == "C", "Việc UBND tỉnh giao mà cơ quan được lấy ý kiến chậm thì phải báo cáo UBND tỉnh."),
        ),
        "Đã đủ số lần đôn đốc của vòng này.",
    )


def why_no_escalation(facts: Mapping[str, object], ladder: str) -> str:
    """Return why no report to UBND tỉnh may be made now, as a sentence; `facts` are a decision's."""
    return _first_reason(
        (
            (not facts["open"], "Nhiệm vụ không còn ở trạng thái chờ đơn vị thực hiện nên không báo cáo UBND tỉnh."),
            (not facts["ladder_open"], "Vòng này đã chuyển UBND tỉnh rồi."),
            (not facts["late"], "Nhiệm vụ chưa quá hạn nên chưa báo cáo UBND tỉnh."),
            (
                ladder == "A" and not facts["customer_escalation"],
                "Chính sách đang không áp dụng việc báo cáo UBND tỉnh đối với đơn vị thuộc Sở; hãy đưa ra giao ban.",
            ),
            (facts["draft_pending"], DRAFT_WAITS),
            (not facts["clock_runs"], "Vướng mắc đang chờ giải quyết và chính sách cho dừng thời hạn."),
        ),
        "Chưa đủ số lần đôn đốc đã phát hành, hoặc chưa hết thời gian chờ sau lần đôn đốc trước.",
    )


def _first_reason(reasons: Sequence[tuple[object, str]], otherwise: str) -> str:
    return next((sentence for holds, sentence in reasons if holds), otherwise)
