from django.db import migrations, models
from django.db.models import PROTECT


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0002_keep_records")]

    operations = [
        migrations.AddField(
            "department",
            "parent",
            models.ForeignKey(
                "evaluations.department",
                PROTECT,
                null=True,
                blank=True,
                related_name="units",
                verbose_name="主管部门",
            ),
        ),
        migrations.AddField(
            "department",
            "merged_into",
            models.ForeignKey(
                "evaluations.department",
                PROTECT,
                null=True,
                blank=True,
                related_name="merged",
                verbose_name="并入单位",
            ),
        ),
        migrations.AddField("department", "merged_on", models.DateField("合并日期", null=True, blank=True)),
    ]
