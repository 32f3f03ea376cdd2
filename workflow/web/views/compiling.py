"""Lập văn bản từ số liệu: choosing a kind, seeing what it will hold, and drafting it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.document import drafting_units
from workflow.actions.document.compiling import (
    USUAL_PROPOSAL,
    compile_briefing,
    compile_notice,
    compile_period,
    compile_plan,
    compile_routing,
    compile_submission,
    may_route,
)
from workflow.actions.document.slips import Applicant, compile_apology, compile_missing_papers
from workflow.choices import TaskKind
from workflow.core.errors import NotFound, NotPermitted
from workflow.core.wording.briefing import MonthFigures
from workflow.forms import PlainForm, run_into_form
from workflow.queries.compilation import begun_plans, month_figures, period_figures, require_consolidating
from workflow.queries.paperlist import find_document
from workflow.queries.taskpage import find_task
from workflow.web.forms import compiling as forms
from workflow.web.request import SiteRequest, number_from, today_of, typed

SEE_FIRST = "xem"
"""The button that shows the figures of what was chosen and drafts nothing."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document that is compiled: its address, its names, its form, and how it is drafted.

    `of` says of what: "all" units, a "task", a "dossier", or a "draft". `run` drafts; its last argument is the key of
    the task or draft, 0 where there is none.
    """

    slug: str
    label: str
    says: str
    of: str
    form: type[PlainForm]
    run: Callable[[SiteRequest, PlainForm, int], int]


def _briefing(request: SiteRequest, form: PlainForm, _key: int) -> int:
    data = form.cleaned_data
    return compile_briefing(forms.month_of(data["month"]), data["remarks"], by=request.actor, now=request.now).pk


def _period(request: SiteRequest, form: PlainForm, _key: int) -> int:
    data = form.cleaned_data
    half = data["period"] == forms.HALF
    return compile_period(data["plan"], half, data["remarks"], by=request.actor, now=request.now).pk


def _plan(request: SiteRequest, form: PlainForm, _key: int) -> int:
    return compile_plan(form.cleaned_data["plan"], by=request.actor, now=request.now).pk


def _submission(request: SiteRequest, form: PlainForm, key: int) -> int:
    return compile_submission(key, form.cleaned_data["proposal"], by=request.actor, now=request.now).pk


def _notice(request: SiteRequest, form: PlainForm, key: int) -> int:
    return compile_notice(key, form.cleaned_data["conclusions"], by=request.actor, now=request.now).pk


def _routing(request: SiteRequest, form: PlainForm, key: int) -> int:
    data = form.cleaned_data
    return compile_routing(key, data["summary"], data["proposal"], by=request.actor, now=request.now).pk


def _missing_papers(accepted: bool) -> Callable[[SiteRequest, PlainForm, int], int]:
    def run(request: SiteRequest, form: PlainForm, key: int) -> int:
        data = form.cleaned_data
        return compile_missing_papers(
            key,
            data["missing"],
            Applicant(name=data["applicant"], received_on=data["received_on"]),
            data["reason"],
            data["return_by"],
            accepted=accepted,
            by=request.actor,
            now=request.now,
        ).pk

    return run


def _apology(request: SiteRequest, form: PlainForm, key: int) -> int:
    data = form.cleaned_data
    who = Applicant(name=data["applicant"], received_on=data["received_on"])
    return compile_apology(key, data["reason"], data["new_date"], who, by=request.actor, now=request.now).pk


KINDS: tuple[Kind, ...] = (
    Kind(
        "giao-ban",
        "Báo cáo giao ban tháng",
        "Ba phần: nhiệm vụ cải cách hành chính theo đơn vị, giải quyết thủ tục hành chính, nhận xét.",
        "all",
        forms.BriefingForm,
        _briefing,
    ),
    Kind(
        "tong-hop",
        "Báo cáo tổng hợp 6 tháng, năm",
        "Gửi UBND tỉnh thông qua Sở Nội vụ, kèm phụ lục kết quả từng dòng của kế hoạch.",
        "all",
        forms.PeriodForm,
        _period,
    ),
    Kind(
        "ke-hoach",
        "Kế hoạch",
        "Lời văn và phụ lục của kế hoạch đã nhập vào hệ thống.",
        "all",
        forms.PlanForm,
        _plan,
    ),
    Kind(
        "to-trinh",
        "Tờ trình",
        "Nêu việc được giao, kết quả đã được duyệt và nội dung đề nghị.",
        "task",
        forms.SubmissionForm,
        _submission,
    ),
    Kind(
        "thong-bao",
        "Thông báo kết luận",
        "Gửi đơn vị thực hiện và đơn vị phối hợp của nhiệm vụ.",
        "task",
        forms.NoticeForm,
        _notice,
    ),
    Kind(
        "phieu-huong-dan",
        "Phiếu hướng dẫn hoàn thiện hồ sơ",
        "Trước khi tiếp nhận hồ sơ.",
        "dossier",
        forms.MissingPapersForm,
        _missing_papers(accepted=False),
    ),
    Kind(
        "thong-bao-bo-sung",
        "Thông báo bổ sung hồ sơ",
        "Sau khi đã tiếp nhận hồ sơ.",
        "dossier",
        forms.MissingPapersForm,
        _missing_papers(accepted=True),
    ),
    Kind(
        "xin-loi",
        "Văn bản xin lỗi và hẹn lại ngày trả kết quả",
        "Phải có lý do và ngày hẹn mới cụ thể.",
        "dossier",
        forms.ApologyForm,
        _apology,
    ),
    Kind(
        "phieu-trinh",
        "Phiếu trình",
        "Kèm các ý kiến đã cho ở những bước của quy trình.",
        "draft",
        forms.RoutingForm,
        _routing,
    ),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a document will be about: nothing in particular, a task, or a draft."""

    kinds: tuple[Kind, ...]
    key: int = 0
    query: str = ""
    title: str = ""
    back: str = ""


@require_safe
def compile_list(request: SiteRequest) -> HttpResponse:
    """The kinds that the person may compile: over all units, of the task `?nhiem-vu=`, or of the draft `?van-ban=`.

    :raises NotFound: when the task or draft is none that he sees.
    :raises NotPermitted: when there is no kind that he may compile.
    """
    return render(request, "workflow/document/compile.html", {"subject": _subject(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def compile_page(request: SiteRequest, slug: str) -> HttpResponse:
    """Show one kind's form with the figures that it will hold, and draft it.

    :raises NotFound: when there is no such kind here, or the task or draft is none that he sees.
    :raises NotPermitted: when the person may not compile it.
    """
    subject = _subject(request)
    kind = next((kind for kind in subject.kinds if kind.slug == slug), None)
    if kind is None:
        raise NotFound("Không có loại văn bản này để lập ở đây; hãy mở lại trang “Lập văn bản từ số liệu”.")
    form = _form(request, kind)
    made: list[int] = []

    def run() -> None:
        made.append(kind.run(request, form, subject.key))

    looks = SEE_FIRST in request.POST
    if request.method == "POST" and form.is_valid() and not looks and run_into_form(form, run):
        messages.success(request, "Đã lập dự thảo từ số liệu. Hãy đọc lại, sửa nếu cần rồi trình.")
        return redirect("document", made[0])
    values = {
        "kind": kind,
        "form": form,
        "subject": subject,
        "preview": _preview(request, form),
    }
    return render(request, "workflow/document/compile_kind.html", values, status=400 if form.errors else 200)


def _subject(request: SiteRequest) -> Subject:
    """Return what the address asks about, with the kinds that the person may compile of it."""
    if (asked := request.GET.get("nhiem-vu")) is not None:
        return _of_task(request, number_from(asked) or 0)
    if (asked := request.GET.get("van-ban")) is not None:
        return _of_draft(request, number_from(asked) or 0)
    require_consolidating(request.actor)
    return Subject(tuple(kind for kind in KINDS if kind.of == "all"), back=reverse("document-list"))


def _of_task(request: SiteRequest, key: int) -> Subject:
    task = find_task(request.actor, key)
    if not drafting_units(request.actor, task, on=today_of(request)):
        raise NotPermitted("Ông/bà không có quyền soạn văn bản cho nhiệm vụ này.")
    offered = {"task", "dossier"} if task.kind == TaskKind.DOSSIER else {"task"}
    kinds = tuple(kind for kind in KINDS if kind.of in offered)
    return Subject(kinds, task.pk, f"?nhiem-vu={task.pk}", task.title, reverse("task", args=[task.pk]))


def _of_draft(request: SiteRequest, key: int) -> Subject:
    document = find_document(request.actor, key)
    if not may_route(request.actor, document):
        raise NotPermitted("Chỉ lập được phiếu trình cho dự thảo mà ông/bà được soạn.")
    kinds = tuple(kind for kind in KINDS if kind.of == "draft")
    return Subject(
        kinds, document.pk, f"?van-ban={document.pk}", document.subject, reverse("document", args=[document.pk])
    )


def _form(request: SiteRequest, kind: Kind) -> PlainForm:
    """Return the kind's form with what it offers; the first choice stands before anybody chose."""
    today = today_of(request)
    plans = begun_plans(today) if kind.form in {forms.PeriodForm, forms.PlanForm} else []
    first: dict[str, object] = {"proposal": USUAL_PROPOSAL} if kind.form is forms.RoutingForm else {}
    if kind.form is forms.BriefingForm:
        first = {"month": today.year * 100 + today.month}
    elif plans:
        first = {"plan": plans[0].pk, "period": forms.HALF if today.month <= forms.HALF + 1 else forms.YEAR}
    form = kind.form(typed(request), initial=first)
    if isinstance(form, forms.BriefingForm):
        form.offer_months(today)
    elif isinstance(form, forms.PeriodForm | forms.PlanForm):
        form.offer_plans([(plan.pk, f"{plan.number} ngày {plan.issued_on:%d/%m/%Y}") for plan in plans])
    return form


def _preview(request: SiteRequest, form: PlainForm) -> Sequence[tuple[str, str]]:
    """Return what the document will hold, as named figures; nothing for kinds that people write themselves."""
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
    actor, today = request.actor, today_of(request)
    if isinstance(form, forms.BriefingForm) and chosen.get("month"):
        return _month_said(month_figures(forms.month_of(chosen["month"]), actor=actor, today=today))
    if isinstance(form, forms.PeriodForm) and chosen.get("plan"):
        figures = period_figures(chosen["plan"], half=chosen["period"] == forms.HALF, actor=actor, today=today)
        return (
            ("Số liệu đến hết ngày", f"{figures.as_of:%d/%m/%Y}"),
            ("Dòng của phụ lục", str(len(figures.rows))),
            ("Nhiệm vụ theo dõi", str(figures.owed)),
            ("Đã hoàn thành", str(figures.done)),
            ("Quá hạn", str(figures.late)),
            ("Đơn vị chưa báo cáo", ", ".join(name for name, _count in figures.silent) or "không có"),
        )
    return ()


def _month_said(figures: MonthFigures) -> Sequence[tuple[str, str]]:
    dossiers = figures.dossiers
    return (
        ("Số liệu đến hết ngày", f"{figures.as_of:%d/%m/%Y}"),
        ("Đơn vị", str(len(figures.units))),
        ("Nhiệm vụ đang theo dõi", str(sum(unit.owed for unit in figures.units))),
        ("Hoàn thành trong tháng", str(sum(unit.done for unit in figures.units))),
        ("Quá hạn", str(len(figures.late))),
        ("Đến hạn tháng sau", str(sum(unit.coming for unit in figures.units))),
        ("Hồ sơ tiếp nhận, giải quyết xong", f"{dossiers.received}, {dossiers.done_in_time + dossiers.done_late}"),
    )
