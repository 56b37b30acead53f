import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0015_evidence")]

    operations = [
        migrations.AddField(
            model_name="fiscalyear",
            name="issued_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="下达时间"),
        ),
        migrations.AddField(
            model_name="fiscalyear",
            name="issued_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="下达人",
            ),
        ),
        migrations.AddField(
            model_name="fiscalyear",
            name="task",
            field=models.TextField(blank=True, verbose_name="任务通知"),
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_on", models.DateField(verbose_name="延期至")),
                ("reason", models.TextField(verbose_name="原因")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="evaluations.department",
                        verbose_name="单位",
                    ),
                ),
                (
                    "fiscal_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="evaluations.fiscalyear",
                        verbose_name="预算年度",
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="批准人",
                    ),
                ),
            ],
            options={
                "verbose_name": "延期",
                "verbose_name_plural": "延期",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["fiscal_year", "department", "-id"], name="extension_newest")
                ],
            },
        ),
    ]
