from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="IndicatorTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60, verbose_name="模板代码")),
                ("version", models.PositiveIntegerField(verbose_name="版本")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("published", "已发布"), ("retired", "已停用")],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="名称")),
                ("kind", models.CharField(max_length=20, verbose_name="类型")),
                ("region_code", models.CharField(max_length=9, verbose_name="行政区划代码")),
                ("first_year", models.PositiveSmallIntegerField(verbose_name="适用年度自")),
                ("last_year", models.PositiveSmallIntegerField(verbose_name="适用年度至")),
                ("content", models.JSONField(verbose_name="内容")),
                ("content_hash", models.CharField(max_length=64, verbose_name="内容哈希")),
                ("engine_version", models.PositiveSmallIntegerField(verbose_name="计分引擎版本")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="发布时间")),
                ("published_by_name", models.CharField(blank=True, max_length=100, verbose_name="发布人")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="建立时间")),
            ],
            options={
                "verbose_name": "指标模板",
                "verbose_name_plural": "指标模板",
                "ordering": ["code", "-version"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version"), name="template_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "draft")), fields=("code",), name="template_one_draft"
                    ),
                ],
            },
        ),
    ]
