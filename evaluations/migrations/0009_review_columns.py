import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0008_observers"),
    ]

    operations = [
        migrations.AddField(
            model_name="evaluation",
            name="change_summary",
            field=models.TextField(blank=True, verbose_name="修改说明"),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="审批人",
            ),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="opened_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="开始审核"),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="passed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="初审人",
            ),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="published_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="公开时间"),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="return_asked",
            field=models.TextField(blank=True, verbose_name="申请退回的原因"),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="returned_version",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="最近退回的版本"),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="reviewed_grade",
            field=models.CharField(blank=True, max_length=10, verbose_name="复核等级"),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="reviewed_total",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=7, null=True, verbose_name="复核总分"
            ),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="reviewer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assigned",
                to=settings.AUTH_USER_MODEL,
                verbose_name="审核人",
            ),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="secrecy_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="保密审查时间"),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="secrecy_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="保密审查人",
            ),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="secrecy_statement",
            field=models.TextField(blank=True, verbose_name="保密审查意见"),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="signed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="签字时间"),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="signed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="签字人",
            ),
        ),
        migrations.AlterField(
            model_name="evaluation",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "草稿"),
                    ("awaiting_signature", "待签"),
                    ("submitted", "已送审"),
                    ("passed_first", "初审通过"),
                    ("returned", "已退回"),
                    ("approved", "已批准"),
                    ("published", "已公开"),
                    ("voided", "已作废"),
                ],
                db_index=True,
                default="draft",
                max_length=20,
                verbose_name="状态",
            ),
        ),
    ]
