"""What a page says when something is refused, missing or broken."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import ResolverMatch, reverse

from workflow.core.errors import ActionError, NotFound

TITLES = {
    400: "Nội dung gửi lên chưa đúng",
    403: "Ông/bà không có quyền làm việc này",
    404: "Không tìm thấy",
    409: "Việc này hiện không làm được",
    500: "Dữ liệu lưu trữ bị hỏng",
}


def refusal(request: HttpRequest, error: ActionError) -> HttpResponse:
    """Return the page of a refusal with its status, what happened, and a way back.

    A view may set `request.way_back`, address and words, to the page of what it found.
    """
    return _page(request, error.status, str(error))


def _page(request: HttpRequest, status: int, message: str) -> HttpResponse:
    back, words = reverse("my-work"), "Về Việc của tôi"
    match = request.resolver_match
    if status != 404 and match is not None and "task_id" in match.kwargs:
        back, words = reverse("task", args=[match.kwargs["task_id"]]), "Mở lại nhiệm vụ"
    elif status != 404:
        back, words = getattr(request, "way_back", None) or _approval(match) or (back, words)
    user = getattr(request, "user", None)  # A request refused for its host never came as far as the session.
    if user is None or not user.is_authenticated:
        back, words = reverse("sign-in"), "Đăng nhập"
    values = {"title": TITLES.get(status, TITLES[400]), "message": message, "back": back, "words": words}
    return render(request, "workflow/error/refusal.html", values, status=status)


def _approval(match: ResolverMatch | None) -> tuple[str, str] | None:
    """Return the way to the approval that the address names, if it names one."""
    if match is None or "approval_id" not in match.kwargs:
        return None
    return reverse("approval", args=[match.kwargs["approval_id"]]), "Mở lại hồ sơ"


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The 404 page."""
    return _page(request, 404, str(NotFound()))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The 403 page."""
    return _page(request, 403, "Ông/bà không có quyền mở trang này.")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The 400 page."""
    return _page(request, 400, "Máy chủ không hiểu yêu cầu này. Hãy quay lại và làm lại.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page of a form that was sent without a valid token: an old page, another tab, cookies off."""
    return _page(
        request,
        403,
        "Trang đã mở quá lâu hoặc được mở từ nơi khác nên không gửi được. Chưa có gì được ghi. "
        "Hãy quay lại, tải lại trang rồi gửi lại.",
    )


def broken(request: HttpRequest) -> HttpResponse:
    """The 500 page: no template context, so that nothing that broke is needed again."""
    return render(None, "500.html", status=500)
