"""From which version a draft was made, and what of it waits to be confirmed; frozen with the rest."""

import importlib

import django.db.models.deletion
from django.db import migrations, models

freezing = importlib.import_module("indicators.migrations.0002_freeze_published")

FROZEN = "BEFORE UPDATE OF "
MORE = "based_on_id, unconfirmed, "


def install(apps, schema_editor):
    """The triggers of 0002 for the new columns, too; on SQLite the altered table lost them."""
    vendor = schema_editor.connection.vendor
    for statement in {"sqlite": freezing.SQLITE, "postgresql": freezing.POSTGRESQL}[vendor]:
        widened = f"{FROZEN}{MORE}{freezing.FIXED}"
        schema_editor.execute(statement.replace(f"{FROZEN}{freezing.FIXED}", widened))


def drop(apps, schema_editor):
    for statement in freezing.UNINSTALL[schema_editor.connection.vendor]:
        for what in ("TRIGGER", "FUNCTION"):
            statement = statement.replace(f"DROP {what}", f"DROP {what} IF EXISTS")
        schema_editor.execute(statement)


def restore(apps, schema_editor):
    """Back to 0002: after the columns have gone, so that SQLite does not drop what was just made."""
    drop(apps, schema_editor)
    freezing.install(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("indicators", "0002_freeze_published")]

    operations = [
        migrations.RunPython(drop, restore),
        migrations.AddField(
            model_name="indicatortemplate",
            name="based_on",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="indicators.indicatortemplate",
                verbose_name="由此而来",
            ),
        ),
        migrations.AddField(
            model_name="indicatortemplate",
            name="unconfirmed",
            field=models.JSONField(blank=True, default=list, verbose_name="待确认之处"),
        ),
        migrations.RunPython(install, drop),
    ]
