"""Documents issued before numbers named their body: it and the year are those of the register that gave the number."""

from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def name_issuers(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Copy body and year from the register, each in one statement."""
    book = apps.get_model("workflow", "RegisterBook").objects.filter(pk=models.OuterRef("book"))
    numbered = apps.get_model("workflow", "Document").objects.using(editor.connection.alias).exclude(book=None)
    numbered.update(issuer=models.Subquery(book.values("body")[:1]), year=models.Subquery(book.values("year")[:1]))


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("workflow", "0005_official_documents")]
    operations = [migrations.RunPython(name_issuers, migrations.RunPython.noop)]
