from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0006_import_files")]

    operations = [
        migrations.AlterField("evaluation", "version", models.PositiveSmallIntegerField("版本", default=0)),
        migrations.AlterField("evaluation", "return_reason", models.TextField("退回或作废原因", blank=True)),
    ]
