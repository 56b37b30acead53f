from django.db import migrations, models
from django.db.models import CASCADE, PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0003_units_and_merging"),
        ("indicators", "0002_freeze_published"),
    ]

    operations = [
        migrations.AddField(
            "fiscalyear",
            "project_template",
            models.ForeignKey(
                "indicators.indicatortemplate",
                PROTECT,
                null=True,
                blank=True,
                related_name="+",
                verbose_name="项目自评模板",
            ),
        ),
        migrations.CreateModel(
            "TemplateAssignment",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "fiscal_year",
                    models.ForeignKey(
                        "evaluations.fiscalyear",
                        CASCADE,
                        related_name="assignments",
                        verbose_name="预算年度",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        "evaluations.department", PROTECT, related_name="assignments", verbose_name="单位"
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        "indicators.indicatortemplate", PROTECT, related_name="+", verbose_name="指标模板"
                    ),
                ),
            ],
            options={"verbose_name": "单独指定的指标模板", "verbose_name_plural": "单独指定的指标模板"},
        ),
        migrations.AddConstraint(
            "templateassignment",
            models.UniqueConstraint(fields=["fiscal_year", "department"], name="assignment_once_a_year"),
        ),
    ]
