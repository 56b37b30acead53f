import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0016_deadlines")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="mail_preference",
            field=models.CharField(
                choices=[("at_once", "有通知就发"), ("digest", "每天汇总一次"), ("none", "不发邮件")],
                default="at_once",
                max_length=10,
                verbose_name="邮件通知",
            ),
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=120, unique=True)),
                ("to", models.EmailField(max_length=254, verbose_name="地址")),
                ("subject", models.CharField(max_length=300, verbose_name="主题")),
                ("body", models.TextField(verbose_name="正文")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="写成时间")),
                ("due_at", models.DateTimeField(verbose_name="下次发送")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="发出时间")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="发送次数")),
                ("last_error", models.CharField(blank=True, max_length=500, verbose_name="最近的错误")),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mails",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="收件人",
                    ),
                ),
            ],
            options={
                "verbose_name": "邮件",
                "verbose_name_plural": "邮件",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("sent_at", None)), fields=["due_at"], name="mail_waiting"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="事由")),
                ("sentence", models.CharField(max_length=500, verbose_name="内容")),
                ("page", models.CharField(max_length=40, verbose_name="页面")),
                ("anchor", models.CharField(blank=True, max_length=200, verbose_name="位置")),
                ("key", models.CharField(blank=True, max_length=120, null=True, unique=True)),
                ("awaits_digest", models.BooleanField(default=False, verbose_name="等待汇总")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="阅读时间")),
                (
                    "evaluation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="evaluations.evaluation",
                        verbose_name="自评",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="收件人",
                    ),
                ),
            ],
            options={
                "verbose_name": "通知",
                "verbose_name_plural": "通知",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["recipient", "-id"], name="notice_newest"),
                    models.Index(
                        condition=models.Q(("read_at", None)), fields=["recipient"], name="notice_unread"
                    ),
                ],
            },
        ),
    ]
