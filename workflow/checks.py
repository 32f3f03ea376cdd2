"""System checks that refuse to start an unsafe house. Each names what is wrong and what to do.

Those tagged `database` run with `manage.py check --database default`; `refuse_unsafe_start` runs all of ours at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import cast

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 -- Django's own name
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, models
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Q
from django_fsm import FSMFieldMixin, Transition

from workflow.choices import Role
from workflow.models import Person
from workflow.permissions import UNIT_PERMISSIONS, Actor
from workflow.queries.trail import missing_triggers

OUR_APPS = ("workflow", "approvals")
TRIGGER_MIGRATION = ("workflow", "0002_append_only_trail")

Permitted = Callable[[models.Model, Actor], bool]
"""What a transition's permission is here: a function of the subject and the acting person."""

NOBODY = Actor(person_id=0, name="", position="", unit_id=None, unit_name="", grants=frozenset())
"""A person without a single right: every transition must refuse him."""


@register(Tags.security)
def check_transitions(app_configs: Sequence[AppConfig] | None, **_kwargs: object) -> list[CheckMessage]:
    """Refuse a state machine that is open to people by what its model declares."""
    wanted = OUR_APPS if app_configs is None else [config.label for config in app_configs if config.label in OUR_APPS]
    found: list[CheckMessage] = []
    for label in wanted:
        for model in apps.get_app_config(label).get_models():
            found += check_model(model)
    return found


def check_model(model: type[models.Model]) -> Iterator[CheckMessage]:
    """Yield what is unsafe about one model's state fields and transitions."""
    for field in model._meta.concrete_fields:
        if not isinstance(field, FSMFieldMixin):
            continue
        if not field.protected:
            yield Error(
                f"Trường trạng thái {model.__name__}.{field.name} không được bảo vệ: gán thẳng được trạng thái.",
                hint="Khai báo FSMField(..., protected=True); trạng thái chỉ đổi qua perform_transition.",
                obj=model,
                id="dondoc.E006",
            )
        for transition in sorted(field.get_all_transitions(model), key=lambda one: (one.name, str(one.source))):
            yield from _check_transition(model, transition)


def _check_transition(model: type[models.Model], transition: Transition) -> Iterator[CheckMessage]:
    where = f"{model.__name__}.{transition.name} (từ {transition.source})"
    permission = transition.permission
    if not permission:
        yield Error(
            f"Bước chuyển {where} không có permission: ai cũng thực hiện được.",
            hint="Khai báo permission= bằng một hàm trên đơn vị của nhiệm vụ, xem workflow.permissions.on_unit.",
            obj=model,
            id="dondoc.E001",
        )
    elif not callable(permission):
        yield Error(
            f"Bước chuyển {where} có permission là chuỗi “{permission}”: một quyền toàn cục sẽ mở nó cho mọi đơn vị.",
            hint="Thay bằng một hàm trên đơn vị của nhiệm vụ, xem workflow.permissions.on_unit.",
            obj=model,
            id="dondoc.E002",
        )
    elif model._meta.app_label == "workflow" and cast("Permitted", permission)(model(), NOBODY):
        yield Error(
            f"Bước chuyển {where} cho phép cả người không có quyền nào.",
            hint="Hàm permission phải trả về False khi người gọi không giữ quyền trên đơn vị.",
            obj=model,
            id="dondoc.E007",
        )


@register(Tags.security)
def check_anonymous(app_configs: Sequence[AppConfig] | None, **_kwargs: object) -> list[CheckMessage]:
    """Refuse guardian's anonymous user: rights could be granted to whoever is not signed in."""
    if getattr(settings, "ANONYMOUS_USER_NAME", "AnonymousUser") is None:
        return []
    return [
        Error(
            "Người dùng ẩn danh của guardian đang bật: có thể cấp quyền cho người chưa đăng nhập.",
            hint="Đặt ANONYMOUS_USER_NAME = None trong project/settings.py.",
            id="dondoc.E005",
        )
    ]


@register(Tags.database)
def check_global_grants(
    app_configs: Sequence[AppConfig] | None, databases: Iterable[str] | None = None, **_kwargs: object
) -> list[CheckMessage]:
    """Refuse a unit's codename that a person or a group holds on every unit at once; warn of active superusers."""
    if "default" not in (databases or ()) or not _has_tables(Permission, Person):
        return []
    codenames = [codename for codename, _name in UNIT_PERMISSIONS]
    granted = Permission.objects.filter(
        Q(user__isnull=False) | Q(group__isnull=False),
        content_type__app_label="workflow",
        content_type__model="unit",
        codename__in=codenames,
    )
    found: list[CheckMessage] = [
        Error(
            f"Quyền {codename} trên đơn vị đang được cấp toàn cục cho {_holders(permission_id)}.",
            hint="Gỡ quyền toàn cục ấy; quyền trên đơn vị chỉ sinh ra từ vị trí công tác (manage.py sync_grants).",
            id="dondoc.E003",
        )
        for permission_id, codename in granted.order_by("codename").values_list("pk", "codename").distinct()
    ]
    superusers = list(Person.objects.filter(is_superuser=True, is_active=True).values_list("username", flat=True))
    if superusers:
        found.append(
            Warning(
                f"Tài khoản siêu quản trị đang hoạt động: {', '.join(sorted(superusers))}.",
                hint="Siêu quản trị không có quyền gì trên nhiệm vụ; hãy bỏ cờ ấy và bổ nhiệm vai trò Quản trị.",
                id="dondoc.W001",
            )
        )
    return found


def _holders(permission_id: int) -> str:
    permission = Permission.objects.get(pk=permission_id)
    people = permission.user_set.order_by("username").values_list("username", flat=True)
    groups = permission.group_set.order_by("name").values_list("name", flat=True)
    return ", ".join([*people, *(f"nhóm {name}" for name in groups)])


@register(Tags.database)
def check_triggers(
    app_configs: Sequence[AppConfig] | None, databases: Iterable[str] | None = None, **_kwargs: object
) -> list[CheckMessage]:
    """Refuse a database whose trail can be changed; silent before the migration that makes the triggers."""
    if "default" not in (databases or ()) or not _is_applied(*TRIGGER_MIGRATION):
        return []
    return [
        Error(
            f"Thiếu trigger {name} (hoặc đang tắt): nhật ký có thể bị sửa, xóa.",
            hint="Chạy manage.py verify_audit để xem nhật ký còn nguyên không, rồi tạo lại trigger như migration 0002.",
            id="dondoc.E004",
        )
        for name in missing_triggers()
    ]


LEAST_NUMBERS = {
    "LOCKOUT_FAILURES": 1,
    "LOCKOUT_WINDOW_MINUTES": 1,
    "LOCKOUT_MINUTES": 1,
    "SESSION_IDLE_MINUTES": 5,
    "SESSION_HOURS": 1,
    "PASSWORD_HISTORY": 0,
}
"""The least that each number of the sign-in may be; its variable is the name with DONDOC_ before it."""


@register(Tags.security)
def check_sign_in(app_configs: Sequence[AppConfig] | None, **_kwargs: object) -> list[CheckMessage]:
    """Refuse settings of the sign-in that would shut everybody out, or ask a second factor of nobody by a slip."""
    found: list[CheckMessage] = [
        Error(
            f"Biến DONDOC_{name} phải là số nguyên từ {least} trở lên.",
            hint="Sửa biến môi trường rồi chạy lại (docs/operations.md).",
            id="dondoc.E008",
        )
        for name, least in LEAST_NUMBERS.items()
        if getattr(settings, name) < least
    ]
    unknown = sorted(set(settings.SECOND_FACTOR_ROLES) - set(Role.values))
    if unknown:
        found.append(
            Error(
                f"DONDOC_SECOND_FACTOR_ROLES có vai trò không biết: {', '.join(unknown)}.",
                hint=f"Chọn trong: {', '.join(Role.values)}.",
                id="dondoc.E009",
            )
        )
    return found


def _has_tables(*tables: type[models.Model]) -> bool:
    present = connections["default"].introspection.table_names()
    return all(table._meta.db_table in present for table in tables)


def _is_applied(app: str, name: str) -> bool:
    return (app, name) in MigrationRecorder(connections["default"]).applied_migrations()


def refuse_unsafe_start(*others: Callable[[None], Iterable[CheckMessage]]) -> None:
    """Run all of our checks now, for processes that Django starts without the database ones (worker, clock, web).

    Some five short queries. `others` are the checks of the apps above this one.

    :raises ImproperlyConfigured: when one of them is an error, or the database is not migrated; the message lists all.
    """
    found = [*check_transitions(None), *check_anonymous(None), *check_sign_in(None)]
    if not _is_applied(*TRIGGER_MIGRATION):
        raise ImproperlyConfigured("Cơ sở dữ liệu chưa được chuyển cấu trúc: hãy chạy manage.py migrate.")
    found += [*check_global_grants(None, databases=["default"]), *check_triggers(None, databases=["default"])]
    for check in others:
        found += check(None)
    errors = [message for message in found if message.is_serious()]
    if errors:
        lines = "\n".join(f"- {message.id}: {message.msg} {message.hint}" for message in errors)
        raise ImproperlyConfigured(f"Không khởi động vì hệ thống không an toàn:\n{lines}")
