import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

REFUSAL = "this record is kept as it was written"


def keep(apps, schema_editor):
    """SQLite rebuilt the table of snapshots and dropped its trigger with the old one (see 0002)."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER evaluations_snapshot_kept BEFORE UPDATE ON evaluations_snapshot "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def let_go(apps, schema_editor):
    """Going back, SQLite rebuilds the table before 0002 would look for its trigger."""


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0009_review_columns"),
    ]

    operations = [
        migrations.AddField(
            model_name="department",
            name="signature_waived",
            field=models.BooleanField(default=False, verbose_name="免签"),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="signed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="签字人",
            ),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="summary",
            field=models.TextField(blank=True, default="", verbose_name="修改说明"),
        ),
        migrations.RunPython(keep, let_go),
    ]
