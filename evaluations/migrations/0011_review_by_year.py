from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0010_signatures"),
    ]

    operations = [
        migrations.AddField(
            model_name="fiscalyear",
            name="checklist",
            field=models.TextField(blank=True, verbose_name="审核清单"),
        ),
        migrations.AddField(
            model_name="fiscalyear",
            name="two_step",
            field=models.BooleanField(default=False, verbose_name="初审、复核两步"),
        ),
    ]
