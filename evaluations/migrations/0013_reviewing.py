import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0012_threads"),
    ]

    operations = [
        migrations.AddField(
            model_name="explanation",
            name="judged_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="核定人",
            ),
        ),
        migrations.AddField(
            model_name="explanation",
            name="verdict",
            field=models.CharField(
                blank=True,
                choices=[("", "未核定"), ("accepted", "认可"), ("rejected", "不认可")],
                default="",
                max_length=10,
                verbose_name="核定",
            ),
        ),
        migrations.CreateModel(
            name="ReviewedScore",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60, verbose_name="指标")),
                ("basis", models.CharField(max_length=64)),
                ("points", models.DecimalField(decimal_places=2, max_digits=7, verbose_name="复核分")),
                ("reason", models.TextField(verbose_name="理由")),
                ("at", models.DateTimeField(auto_now=True, verbose_name="时间")),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复核人",
                    ),
                ),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviewed_scores",
                        to="evaluations.evaluation",
                    ),
                ),
            ],
            options={
                "verbose_name": "复核分",
                "verbose_name_plural": "复核分",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("evaluation", "code"), name="reviewed_score_once_for_indicator"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=20, verbose_name="名称")),
                ("query", models.CharField(max_length=300, verbose_name="条件")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_filters",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
            ],
            options={
                "verbose_name": "常用条件",
                "verbose_name_plural": "常用条件",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "name"), name="saved_filter_name_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Worksheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("checks", models.JSONField(blank=True, default=dict, verbose_name="审核清单")),
                ("opinion", models.TextField(blank=True, verbose_name="拟写的意见")),
                ("revision", models.PositiveIntegerField(default=0, verbose_name="修订号")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="修改时间")),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="worksheets",
                        to="evaluations.evaluation",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="修改人",
                    ),
                ),
            ],
            options={
                "verbose_name": "审核底稿",
                "verbose_name_plural": "审核底稿",
                "constraints": [
                    models.UniqueConstraint(fields=("evaluation", "version"), name="worksheet_once_a_version")
                ],
            },
        ),
    ]
