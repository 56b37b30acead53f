import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import evaluations.models.imports


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0005_projects_and_voiding"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "token",
                    models.CharField(
                        default=evaluations.models.imports.new_token, max_length=32, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("departments", "单位"), ("people", "人员"), ("lines", "预算明细")],
                        max_length=12,
                        verbose_name="内容",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
                ("data", models.BinaryField(verbose_name="文件")),
                ("year", models.PositiveSmallIntegerField(null=True, verbose_name="年度")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                (
                    "department",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="evaluations.department",
                        verbose_name="单位",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
            ],
            options={
                "verbose_name": "待导入的文件",
                "verbose_name_plural": "待导入的文件",
            },
        ),
    ]
