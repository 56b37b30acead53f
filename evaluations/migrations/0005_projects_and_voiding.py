from django.db import migrations, models
from django.db.models import PROTECT, Q


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0004_templates_of_a_year")]

    operations = [
        migrations.AddField(
            "evaluation",
            "parent",
            models.ForeignKey(
                "evaluations.evaluation",
                PROTECT,
                null=True,
                blank=True,
                related_name="projects",
                verbose_name="所属单位自评",
            ),
        ),
        migrations.AddField(
            "evaluation", "project", models.CharField("项目名称", max_length=100, blank=True)
        ),
        migrations.AlterField(
            "evaluation",
            "state",
            models.CharField(
                "状态",
                max_length=20,
                choices=[
                    ("draft", "草稿"),
                    ("submitted", "已送审"),
                    ("returned", "已退回"),
                    ("approved", "已批准"),
                    ("voided", "已作废"),
                ],
                default="draft",
                db_index=True,
            ),
        ),
        migrations.RemoveConstraint("evaluation", "evaluation_once_a_year"),
        migrations.AddConstraint(
            "evaluation",
            models.UniqueConstraint(
                fields=["department", "fiscal_year", "project"],
                condition=~Q(state="voided"),
                name="evaluation_once_a_year",
            ),
        ),
        migrations.AddConstraint(
            "evaluation",
            models.CheckConstraint(
                condition=Q(parent=None, project="") | (Q(parent__isnull=False) & ~Q(project="")),
                name="evaluation_project_has_parent",
            ),
        ),
    ]
