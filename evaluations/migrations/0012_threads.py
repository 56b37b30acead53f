import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

REFUSAL = "this record is kept as it was written"


def keep(apps, schema_editor):
    """What was said is never changed (the function on PostgreSQL is that of 0002)."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER evaluations_comment_kept BEFORE UPDATE ON evaluations_comment "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    else:
        schema_editor.execute(
            "CREATE TRIGGER evaluations_comment_kept BEFORE UPDATE OR DELETE ON evaluations_comment "
            "FOR EACH ROW EXECUTE FUNCTION record_refuse()"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0011_review_by_year"),
    ]

    operations = [
        migrations.CreateModel(
            name="Thread",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("location", models.CharField(blank=True, max_length=160, verbose_name="位置")),
                ("finding", models.CharField(blank=True, max_length=64)),
                ("version", models.PositiveSmallIntegerField(verbose_name="提出时的版本")),
                ("opened_at", models.DateTimeField(auto_now_add=True, verbose_name="提出时间")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="threads",
                        to="evaluations.evaluation",
                        verbose_name="自评",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出人",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办结人",
                    ),
                ),
            ],
            options={
                "verbose_name": "审核意见",
                "verbose_name_plural": "审核意见",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("bureau", "财政部门"), ("department", "单位")],
                        max_length=10,
                        verbose_name="一方",
                    ),
                ),
                ("text", models.TextField(verbose_name="内容")),
                ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发言人",
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="evaluations.thread",
                    ),
                ),
            ],
            options={
                "verbose_name": "意见和答复",
                "verbose_name_plural": "意见和答复",
                "ordering": ["id"],
            },
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
