"""Versions of reports that were written before writings were counted: the version's number is its writing's."""

from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def number_writings(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Give each version its number as its writing, so that the newest one is told by it alone."""
    apps.get_model("workflow", "Report").objects.using(editor.connection.alias).update(revision=models.F("version"))


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("workflow", "0003_approvals_by_flow")]
    operations = [migrations.RunPython(number_writings, migrations.RunPython.noop)]
