"""What each step offers to the person at it: the words, the form's fields, what follows; and where its page is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from workflow.choices import FlowKind
from workflow.permissions import SUBMIT


def step_page(request: HttpRequest, process_pk: int, task_pk: int) -> HttpResponse:
    """Lead viewflow's own address of a step to the approval's page."""
    del request, task_pk  # the page shows the step that waits
    return redirect("approval", process_pk)


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision that a step offers. `form` names its fields (`approvals.forms`); `needs` is a further right.

    `withdraws` marks what only he may do who submitted what waits here, although the step is another's. `passed_on`
    stands for `done` where the matter went on to another who decides it.
    """

    outcome: str
    label: str
    done: str
    form: str = "note"
    consequence: str = ""
    tone: str = ""
    needs: str = ""
    withdraws: bool = False
    passed_on: str = ""

    def said(self, *, ended: bool) -> str:
        """Return what was done, by whether the approval ended with it."""
        return self.done if ended or not self.passed_on else self.passed_on


SEND_BACK = Choice(
    "send_back", "Trả lại", "Đã trả lại.", "reason", "Người soạn nhận lại cùng lý do và trình lại sau khi sửa."
)
TAKE_BACK = Choice(
    "send_back",
    "Rút lại dự thảo để sửa",
    "Đã rút lại dự thảo.",
    "reason",
    "Dự thảo trở lại bước hoàn thiện; sửa xong thì trình lại từ đầu.",
)
"""What sending back is to who wrote the draft himself."""

REFUSE = Choice(
    "refuse",
    "Không đồng ý",
    "Đã ghi ý kiến không đồng ý.",
    "reason",
    "Đề nghị kết thúc tại đây; người đề nghị nhận được lý do.",
)
WITHDRAW = Choice(
    "withdraw",
    "Rút lại báo cáo đã nộp",
    "Đã rút lại báo cáo.",
    "none",
    "Báo cáo thôi chờ kiểm tra; nhiệm vụ trở lại “Đang thực hiện” và thời hạn chạy tiếp.",
    withdraws=True,
)
ACCEPT = Choice(
    "accept",
    "Duyệt báo cáo",
    "Đã duyệt báo cáo.",
    "checks",
    "Nhiệm vụ được ghi “Đã duyệt”; mọi đôn đốc của nhiệm vụ chấm dứt.",
    "primary",
)
NOT_ACCEPTED = (
    Choice(
        "return",
        "Trả lại báo cáo",
        "Đã trả lại báo cáo.",
        "returned_checks",
        "Nhiệm vụ trở lại “Đang thực hiện”, thời hạn chạy tiếp; đơn vị nhận được lý do và làm bản mới.",
    ),
    WITHDRAW,
)
SUBMIT_CHOICE = Choice(
    "submit",
    "Nộp báo cáo",
    "Đã nộp; bản đã nộp được đóng lại.",
    "none",
    "Bản này được gửi cho nơi kiểm tra và đóng lại, không sửa được nữa. Đôn đốc dừng kể từ lúc nộp. Nếu chưa ai "
    "kiểm tra, ông/bà còn rút lại được.",
    "primary",
)

CHOICES: dict[tuple[str, str], tuple[Choice, ...]] = {
    (FlowKind.REPORT, "draft"): (
        Choice(
            "submit",
            SUBMIT_CHOICE.label,
            SUBMIT_CHOICE.done,
            "none",
            SUBMIT_CHOICE.consequence,
            "primary",
            needs=SUBMIT,
        ),
        Choice(
            "present",
            "Trình trưởng đơn vị",
            "Đã trình trưởng đơn vị.",
            "note",
            "Trưởng đơn vị xem và nộp, hoặc trả lại để sửa. Chưa nộp thì thời hạn và đôn đốc vẫn chạy.",
            "primary",
        ),
    ),
    (FlowKind.REPORT, "submit"): (SUBMIT_CHOICE, SEND_BACK),
    (FlowKind.REPORT, "check"): (
        replace(
            ACCEPT,
            consequence=f"{ACCEPT.consequence} Việc cần Lãnh đạo Sở duyệt thì chuyển tiếp lên Lãnh đạo Sở.",
            passed_on="Đã kiểm tra đạt; báo cáo chuyển Lãnh đạo Sở duyệt.",
        ),
        *NOT_ACCEPTED,
    ),
    (FlowKind.REPORT, "leader_check"): (ACCEPT, *NOT_ACCEPTED),
    (FlowKind.REPORT, "approve"): (
        Choice(
            "accept",
            ACCEPT.label,
            "Đã duyệt báo cáo.",
            "note",
            "Nhiệm vụ được ghi “Đã duyệt”; mọi đôn đốc của nhiệm vụ chấm dứt.",
            "primary",
        ),
        Choice(
            "return", "Trả lại báo cáo", "Đã trả lại báo cáo.", "reason", "Đơn vị nhận lại cùng lý do và làm bản mới."
        ),
    ),
    (FlowKind.DOCUMENT, "prepare"): (
        Choice(
            "present",
            "Trình dự thảo",
            "Đã trình dự thảo.",
            "note",
            "Dự thảo đi lần lượt qua trưởng đơn vị, Văn phòng kiểm tra thể thức, người ký, rồi văn thư phát hành.",
            "primary",
        ),
    ),
    (FlowKind.DOCUMENT, "head"): (
        Choice(
            "approve",
            "Đồng ý, chuyển Văn phòng",
            "Đã đồng ý.",
            "note",
            "Dự thảo chuyển Văn phòng kiểm tra thể thức.",
            "primary",
        ),
        SEND_BACK,
    ),
    (FlowKind.DOCUMENT, "form"): (
        Choice(
            "approve",
            "Đạt thể thức, trình ký",
            "Đã trình ký.",
            "note",
            "Dự thảo chuyển người có thẩm quyền ký.",
            "primary",
        ),
        SEND_BACK,
    ),
    (FlowKind.DOCUMENT, "sign"): (
        Choice(
            "sign",
            "Ký",
            "Đã ký.",
            "note",
            "Tên và chức vụ của ông/bà được ghi vào văn bản; văn thư cho số và phát hành.",
            "primary",
        ),
        SEND_BACK,
    ),
    (FlowKind.DOCUMENT, "sign_order"): (
        Choice(
            "sign",
            "Ký thừa lệnh",
            "Đã ký thừa lệnh.",
            "note",
            "Văn bản ghi TL. GIÁM ĐỐC cùng tên ông/bà; văn thư cho số và phát hành.",
            "primary",
        ),
        Choice(
            "pass_up",
            "Chuyển Lãnh đạo Sở ký",
            "Đã chuyển Lãnh đạo Sở ký.",
            "note",
            "Văn bản không ký thừa lệnh nữa mà do Lãnh đạo Sở xem và ký.",
        ),
        SEND_BACK,
    ),
    (FlowKind.DOCUMENT, "issue"): (
        Choice(
            "issue",
            "Cho số và phát hành",
            "Đã phát hành văn bản.",
            "none",
            "Văn bản được cho số, ghi ngày hôm nay và đóng băng nguyên văn; không sửa, không thu hồi được. Chỉ "
            "văn bản đã phát hành mới được tính.",
            "primary",
        ),
        Choice(
            "send_back", "Trả người ký", "Đã trả người ký.", "reason", "Người ký xem lại văn bản trước khi phát hành."
        ),
    ),
    (FlowKind.ESCALATION, "direct"): (
        Choice(
            "record",
            "Ghi ý kiến chỉ đạo",
            "Đã ghi ý kiến chỉ đạo của UBND tỉnh.",
            "direction",
            "Có hạn mới thì mở một vòng mới: đôn đốc tính lại từ đầu theo hạn đó. Chọn kết thúc thì nhiệm vụ dừng hẳn.",
            "primary",
        ),
    ),
    (FlowKind.EXTENSION, "advise"): (
        Choice(
            "advise",
            "Tham mưu",
            "Đã tham mưu; Lãnh đạo Sở quyết định.",
            "reason",
            "Ý kiến của ông/bà trình Lãnh đạo Sở cùng đề nghị gia hạn.",
            "primary",
        ),
    ),
    (FlowKind.EXTENSION, "decide"): (
        Choice(
            "approve",
            "Đồng ý gia hạn",
            "Đã đồng ý gia hạn.",
            "extension",
            "Hạn mới có hiệu lực ngay; hạn đầu giữ nguyên bên cạnh và lần gia hạn được tính khi đánh giá.",
            "primary",
        ),
        REFUSE,
    ),
    (FlowKind.OBSTACLE, "advise"): (
        Choice(
            "advise",
            "Tham mưu",
            "Đã tham mưu; Lãnh đạo Sở kết luận.",
            "reason",
            "Ý kiến của ông/bà trình Lãnh đạo Sở cùng vướng mắc.",
            "primary",
        ),
    ),
    (FlowKind.OBSTACLE, "decide"): (
        Choice(
            "approve", "Kết luận giải quyết", "Đã kết luận.", "reason", "Đơn vị nhận được ý kiến giải quyết.", "primary"
        ),
        REFUSE,
    ),
    (FlowKind.PROPOSAL, "head"): (
        Choice("approve", "Đồng ý đề xuất", "Đã đồng ý.", "note", "Đề xuất chuyển Văn phòng Sở tham mưu.", "primary"),
        REFUSE,
    ),
    (FlowKind.PROPOSAL, "advise"): (
        Choice(
            "advise",
            "Tham mưu",
            "Đã tham mưu; Lãnh đạo Sở quyết định.",
            "reason",
            "Ý kiến của ông/bà trình Lãnh đạo Sở cùng đề xuất.",
            "primary",
        ),
    ),
    (FlowKind.PROPOSAL, "decide"): (
        Choice(
            "approve",
            "Phê duyệt đề xuất",
            "Đã phê duyệt đề xuất.",
            "note",
            "Đơn vị được thực hiện theo đề xuất.",
            "primary",
        ),
        REFUSE,
    ),
}
"""What each step of people offers, by flow and node, in the order in which the page shows it."""


def choices_at(kind: str, node: str) -> tuple[Choice, ...]:
    """Return what the node offers; nothing for a node that is kept only because approvals still stand at it."""
    return CHOICES.get((kind, node), ())


def choice_called(kind: str, node: str, outcome: str) -> Choice | None:
    """Return the node's choice of that outcome, or None."""
    return next((choice for choice in choices_at(kind, node) if choice.outcome == outcome), None)


def in_his_words(choice: Choice, kind: str, *, wrote: bool) -> Choice:
    """Return the choice as one person is told it: who wrote a draft does not send it back, he takes it back."""
    return TAKE_BACK if wrote and kind == FlowKind.DOCUMENT and choice == SEND_BACK else choice
