"""Reports that were returned before the column existed are held against the version that was returned."""

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    """Of projects the department's row says it; theirs is not asked."""
    Evaluation = apps.get_model("evaluations", "Evaluation")
    returned = Evaluation.objects.filter(state="returned", returned_version=0, parent=None)
    returned.update(returned_version=F("version"))


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0021_extensions_kept")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
