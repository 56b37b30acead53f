from django.db import migrations, models


class Migration(migrations.Migration):
    """What of a year is published may be read by anybody, where the bureau switches the page on."""

    dependencies = [("evaluations", "0013_reviewing")]

    operations = [
        migrations.AddField("fiscalyear", "public_page", models.BooleanField("公开页", default=False)),
        migrations.AddField(
            "fiscalyear", "public_body", models.CharField("批准机关", max_length=40, blank=True, default="")
        ),
    ]
