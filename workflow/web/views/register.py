"""Sổ đăng ký văn bản đi: the page, its XLSX, and the volumes printed as PDF."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from workflow.actions.document.registerfile import may_print, request_register_print
from workflow.adapters.spreadsheet import register_sheet
from workflow.choices import DocumentKind
from workflow.core.errors import Damaged, Invalid, NotFound
from workflow.core.register import RegisterScope
from workflow.queries.register import (
    MOST_EXPORTED,
    READERS,
    find_book,
    find_print,
    list_register,
    load_volume,
    printed_volumes,
    register_books,
    waiting_prints,
)
from workflow.web.forms.register import PrintForm, RegisterForm
from workflow.web.request import SiteRequest, number_from, require

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _books(request: SiteRequest) -> list[tuple[int, str]]:
    books = register_books(request.actor)
    words = {kind.value: kind.label[:1].lower() + kind.label[1:] for kind in DocumentKind}
    return [(book.pk, f"Năm {book.year}, sổ {words.get(book.series, book.series)}, {book.body.name}") for book in books]


@require_safe
def register_page(request: SiteRequest) -> HttpResponse:
    """One series, newest first, with its gaps and what was printed of it."""
    require(request.actor, *READERS)
    form = RegisterForm(request.GET or None, books=_books(request))
    scope = form.scope()
    values: dict[str, object] = {"form": form, "scope": scope, "kept": urlencode(_kept(request))}
    if scope is not None:
        book = find_book(request.actor, scope.book_id)
        printed = printed_volumes(book.pk)
        values |= {
            "book": book,
            "page": list_register(book, scope, below=number_from(request.GET.get("sau"))),
            "printed": printed,
            "waiting": waiting_prints(book.pk, printed),
            "may_print": may_print(request.actor, book.body_id),
            "filled": {**_kept(request), "so": str(book.pk)},
            "volume": max((each.volume for each in printed), default=0) + 1,
        }
    return render(request, "workflow/document/register.html", values, status=400 if form.errors else 200)


def _kept(request: SiteRequest) -> dict[str, str]:
    return {name: value for name in RegisterForm.base_fields if (value := request.GET.get(name))}


def _asked(form: RegisterForm) -> RegisterScope:
    """Return what a sent form asks for.

    :raises Invalid: when something typed is wrong.
    :raises NotFound: when the person reads no series.
    """
    if form.is_bound and not form.is_valid():
        wrong = form.wrong_fields()
        raise Invalid(" ".join(message for _target, message in wrong))
    scope = form.scope()
    if scope is None:
        raise NotFound("Chưa có sổ đăng ký văn bản đi nào.")
    return scope


@require_safe
def register_xlsx(request: SiteRequest) -> HttpResponse:
    """The same rows as an XLSX file."""
    require(request.actor, *READERS)
    scope = _asked(RegisterForm(request.GET or None, books=_books(request)))
    book = find_book(request.actor, scope.book_id)
    volume = load_volume(scope, 1, most=MOST_EXPORTED, now=request.now)
    name = f"so-dang-ky-van-ban-di-{book.year}-{volume.first_number:02d}-{volume.last_number:02d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(register_sheet(volume), content_type=XLSX, headers=headers)


@require_POST
def register_print(request: SiteRequest) -> HttpResponse:
    """Ask for a printed volume."""
    require(request.actor, *READERS)
    form = PrintForm(request.POST, books=_books(request))
    scope = _asked(form)
    rows = request_register_print(scope, form.cleaned_data["quyen"], by=request.actor, now=request.now)
    messages.success(request, f"Đã yêu cầu lập bản in {rows} văn bản. Ít phút nữa bản in có trong danh sách dưới đây.")
    kept = {name: value for name in RegisterForm.base_fields if (value := request.POST.get(name))}
    return redirect(f"{reverse('document-register')}?{urlencode(kept)}")


@require_safe
def register_file(request: SiteRequest, event_id: int) -> FileResponse:
    """A printed volume, if it is still the file that was stored.

    :raises Damaged: when the file is not what its event says.
    """
    require(request.actor, *READERS)
    printed = find_print(request.actor, event_id)
    if not default_storage.exists(printed.file_name):
        raise Damaged("Tệp của bản in này không còn trong kho lưu trữ. Đề nghị báo ngay quản trị hệ thống.")
    content = default_storage.open(printed.file_name, "rb")
    if hashlib.file_digest(content, "sha256").hexdigest() != printed.sha256:
        content.close()
        raise Damaged(
            "Bản in sổ đăng ký trong kho lưu trữ không còn đúng như lúc lập nên không được mở. Đề nghị báo ngay quản "
            "trị hệ thống để lấy lại tệp từ bản sao lưu, và báo Văn phòng Sở."
        )
    content.seek(0)
    made = timezone.localtime(printed.printed_at)
    name = f"so-dang-ky-van-ban-di-quyen-{printed.volume:02d}-{made:%Y%m%d}.pdf"
    return FileResponse(content, as_attachment=True, filename=name, content_type="application/pdf")
