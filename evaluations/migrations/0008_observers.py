from django.db import migrations, models
from django.db.models import Q

ROLES = [
    ("preparer", "填报人"),
    ("unit_head", "单位负责人"),
    ("observer", "上级查阅人"),
    ("reviewer", "审核人"),
    ("bureau_lead", "绩效股负责人"),
    ("template_admin", "指标管理员"),
    ("system_admin", "系统管理员"),
    ("security_admin", "安全管理员"),
    ("auditor", "审计管理员"),
]
IN_DEPARTMENTS = ("preparer", "unit_head", "observer")


class Migration(migrations.Migration):
    """The superior union's reader, whose role is held in a department."""

    dependencies = [("evaluations", "0007_labels_since_voiding")]

    operations = [
        migrations.RemoveConstraint("membership", "membership_place_fits_role"),
        migrations.AlterField("membership", "role", models.CharField("角色", max_length=20, choices=ROLES)),
        migrations.AddConstraint(
            "membership",
            models.CheckConstraint(
                condition=Q(role__in=IN_DEPARTMENTS, department__isnull=False, region__isnull=True)
                | (~Q(role__in=IN_DEPARTMENTS) & Q(department__isnull=True, region__isnull=False)),
                name="membership_place_fits_role",
            ),
        ),
    ]
