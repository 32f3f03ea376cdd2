"""Who may administer, and guardian's rows kept equal to what memberships imply."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from guardian.models import UserObjectPermission

from workflow.actions.audit import action, record_event
from workflow.core.errors import NotPermitted
from workflow.models import Unit
from workflow.permissions import ADMINISTER, Actor
from workflow.queries.unit import implied_grants, stored_grants

BATCH = 500


@dataclass(frozen=True, slots=True)
class GrantCounts:
    """How many of guardian's rows were added, taken away, and left as they were."""

    added: int
    removed: int
    kept: int


def require_administrator(by: Actor | None) -> None:
    """Let the engine and an administrator acting for himself pass.

    :raises NotPermitted: for anybody else, and under a delegation, which never carries administration.
    """
    if by is not None and (by.delegation_id is not None or not by.holds(ADMINISTER)):
        raise NotPermitted("Chỉ quản trị hệ thống được làm việc này.")


@action
def sync_grants(*, by: Actor | None, now: datetime) -> GrantCounts:
    """Make guardian's generic rows on units equal to what the memberships in force today imply, for everybody.

    Writes few statements whatever the number of rows; records "grants.sync" when anything changed. Run each night too:
    a membership that begins tomorrow is granted by the first run of tomorrow. Delegations create no rows.

    :raises NotPermitted: when the person is no administrator.
    """
    require_administrator(by)
    counts = write_grants(now)
    if counts.added or counts.removed:
        details = {"added": counts.added, "removed": counts.removed}
        record_event("grants.sync", subject="grants", by=by, now=now, details=details)
    return counts


def write_grants(now: datetime, person_ids: Collection[int] | None = None) -> GrantCounts:
    """Write the differences of all persons, or of the given ones; the calling action records its own event."""
    implied = implied_grants(timezone.localdate(now), person_ids)
    stored = stored_grants(person_ids)
    missing = sorted(implied - set(stored))
    surplus = [pk for grant, pk in stored.items() if grant not in implied]
    content_type = ContentType.objects.get_for_model(Unit)
    permissions = dict(Permission.objects.filter(content_type=content_type).values_list("codename", "id"))
    UserObjectPermission.objects.bulk_create(
        [
            UserObjectPermission(
                user_id=person_id,
                object_pk=str(unit_id),
                permission_id=permissions[codename],
                content_type=content_type,
            )
            for person_id, unit_id, codename in missing
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    for first in range(0, len(surplus), BATCH):
        UserObjectPermission.objects.filter(pk__in=surplus[first : first + BATCH]).delete()
    return GrantCounts(len(missing), len(surplus), len(stored) - len(surplus))
