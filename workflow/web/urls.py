"""Addresses of the pages, in Vietnamese without accents."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from workflow.web.views import (
    act,
    batch,
    board,
    calendar,
    compiling,
    document,
    edxml,
    factor,
    inbox,
    notification,
    opening,
    overview,
    paperlife,
    plan,
    profile,
    register,
    session,
    signature,
    task,
    trail,
)
from workflow.web.views.administration import account, letterhead, organ, person, policy, unit


class IdConverter(IntConverter):
    """A row's id: no longer than the database's integers."""

    regex = "[0-9]{1,18}"


class YearConverter(IntConverter):
    """A year."""

    regex = "[0-9]{4}"


register_converter(IdConverter, "id")
register_converter(YearConverter, "year")

urlpatterns = [
    path("dang-nhap/", session.sign_in, name="sign-in"),
    path("dang-nhap/ma/", session.sign_in_code, name="sign-in-code"),
    path("dang-xuat/", session.sign_out, name="sign-out"),
    path("doi-mat-khau/", session.password, name="password"),
    path("tu-cach/", session.capacity, name="capacity"),
    path("ho-so/", profile.profile, name="profile"),
    path("ho-so/thu/", profile.letters, name="letters"),
    path("ho-so/phien/", profile.session_end, name="session-end"),
    path("ho-so/xac-thuc-hai-buoc/", factor.factor, name="factor"),
    path("ho-so/xac-thuc-hai-buoc/ma-qr/", factor.factor_picture, name="factor-picture"),
    path("ho-so/xac-thuc-hai-buoc/bo/", factor.factor_drop, name="factor-drop"),
    path("ho-so/xac-thuc-hai-buoc/ma-du-phong/", factor.codes_renew, name="codes-renew"),
    path("", inbox.my_work, name="my-work"),
    path("nhiem-vu/", task.task_list, name="task-list"),
    path("nhiem-vu/mo-viec-ubnd/", opening.province_task, name="open-province-task"),
    path("nhiem-vu/mo-ho-so/", opening.dossier, name="open-dossier"),
    path("nhiem-vu/<id:task_id>/", task.task_page, name="task"),
    path("nhiem-vu/<id:task_id>/<slug:slug>/", act.act_page, name="act"),
    path("tep/<id:attachment_id>/", task.attachment, name="attachment"),
    path("ke-hoach/", plan.plan_list, name="plan-list"),
    path("ke-hoach/so-sanh/", plan.plan_compare, name="plan-compare"),
    path("ke-hoach/<year:year>/", plan.plan_page, name="plan"),
    path("ban-dieu-phoi/", board.office_board, name="office-board"),
    path("tong-quan/", overview.overview, name="overview"),
    path("van-ban/", document.document_list, name="document-list"),
    path("van-ban/lap/", compiling.compile_list, name="document-compile"),
    path("van-ban/lap/<slug:slug>/", compiling.compile_page, name="document-compile-kind"),
    path("van-ban/<id:document_id>/", document.document_page, name="document"),
    path("van-ban/<id:document_id>/bo-du-thao/", document.document_cancel, name="document-cancel"),
    path("van-ban/<id:document_id>/pdf/", document.document_file, name="document-file"),
    path("van-ban/kiem-tra/", signature.document_verify, name="document-verify"),
    path("van-ban/<id:document_id>/ky-so/", signature.document_hand_in, name="document-hand-in"),
    path("van-ban/<id:document_id>/ban-ky/<id:ordinal>/", signature.document_signed_file, name="document-signed-file"),
    path("van-ban/<id:document_id>/thay-the/", paperlife.document_replace, name="document-replace"),
    path("van-ban/<id:document_id>/dinh-chinh/", paperlife.document_correct, name="document-correct"),
    path("van-ban/<id:document_id>/thu-hoi/", paperlife.document_recall, name="document-recall"),
    path("van-ban/<id:document_id>/lap-lai-pdf/", batch.document_print_again, name="document-print-again"),
    path("van-ban/lap-pdf/", batch.document_batch, name="document-batch"),
    path("van-ban/<id:document_id>/edxml/", edxml.document_edxml, name="document-edxml"),
    path("van-ban/<id:document_id>/sieu-du-lieu/<slug:form>/", edxml.document_metadata, name="document-metadata"),
    path("van-ban/so-dang-ky/", register.register_page, name="document-register"),
    path("van-ban/so-dang-ky/xlsx/", register.register_xlsx, name="document-register-xlsx"),
    path("van-ban/so-dang-ky/in/", register.register_print, name="document-register-print"),
    path("van-ban/so-dang-ky/ban-in/<id:event_id>/", register.register_file, name="document-register-file"),
    path("lich/", calendar.calendar_page, name="calendar"),
    path("lich/thang/", calendar.month_page, name="month"),
    path("lich/dia-chi-rieng/", calendar.feed_page, name="calendar-feed-page"),
    path("lich/dia-chi-rieng/tao/", calendar.feed_make, name="calendar-feed-make"),
    path("lich/dia-chi-rieng/thu-hoi/", calendar.feed_revoke, name="calendar-feed-revoke"),
    path("lich/<str:token>.ics", calendar.feed, name="calendar-feed"),
    path("lich/ghi-ngay/", calendar.calendar_set, name="calendar-set"),
    path("lich/<str:text>/bo/", calendar.calendar_remove, name="calendar-remove"),
    path("nhat-ky/", trail.trail, name="trail"),
    path("nhat-ky/trich-xuat/", trail.trail_extract, name="trail-extract"),
    path("thong-bao/", notification.notice_list, name="notice-list"),
    path("thong-bao/da-doc/", notification.notice_read, name="notice-read"),
    path("quan-tri/", unit.administration, name="administration"),
    path("quan-tri/don-vi/", unit.unit_list, name="unit-list"),
    path("quan-tri/don-vi/them/", unit.unit_open, name="unit-open"),
    path("quan-tri/don-vi/<id:unit_id>/dong/", unit.unit_close, name="unit-close"),
    path("quan-tri/nguoi/", person.person_list, name="person-list"),
    path("quan-tri/nguoi/them/", person.person_open, name="person-open"),
    path("quan-tri/nguoi/<id:person_id>/", person.person_page, name="person"),
    path("quan-tri/nguoi/<id:person_id>/bo-nhiem/", person.person_appoint, name="person-appoint"),
    path("quan-tri/nguoi/<id:person_id>/dong/", person.person_close, name="person-close"),
    path("quan-tri/nguoi/<id:person_id>/mo-khoa/", account.person_unlock, name="person-unlock"),
    path("quan-tri/nguoi/<id:person_id>/dat-lai-mat-khau/", account.person_password, name="person-password"),
    path("quan-tri/nguoi/<id:person_id>/bo-xac-thuc-hai-buoc/", account.person_factor, name="person-factor"),
    path("quan-tri/nguoi/<id:person_id>/ket-thuc-phien/", account.person_sessions, name="person-sessions"),
    path(
        "quan-tri/nguoi/<id:person_id>/vi-tri/<id:membership_id>/ket-thuc/",
        person.membership_end,
        name="membership-end",
    ),
    path("quan-tri/ten-in/", letterhead.letterhead_list, name="letterhead-list"),
    path("quan-tri/ten-in/<id:body_id>/dat/", letterhead.letterhead_set, name="letterhead-set"),
    path("quan-tri/ma-dinh-danh/", organ.organ_list, name="organ-list"),
    path("quan-tri/ma-dinh-danh/<id:unit_id>/dat/", organ.organ_set, name="organ-set"),
    path("quan-tri/uy-quyen/", unit.delegation_list, name="delegation-list"),
    path("quan-tri/uy-quyen/ghi/", unit.delegation_open, name="delegation-open"),
    path("quan-tri/uy-quyen/<id:delegation_id>/thu-hoi/", unit.delegation_revoke, name="delegation-revoke"),
    path("quan-tri/chinh-sach/", policy.policy_list, name="policy-list"),
    path("quan-tri/chinh-sach/<slug:key>/", policy.policy_set, name="policy-set"),
    path("quan-tri/quy-tac/", policy.rule_list, name="rule-list"),
]
