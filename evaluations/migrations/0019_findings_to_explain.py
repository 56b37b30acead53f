from django.db import migrations, models
from django.db.models import F


def count(apps, schema_editor):
    """Of what was sent, from its newest snapshot; a draft counts anew on its next save."""
    Evaluation = apps.get_model("evaluations", "Evaluation")
    Snapshot = apps.get_model("evaluations", "Snapshot")
    newest = Snapshot.objects.filter(version=F("evaluation__version")).order_by("evaluation_id")
    for snapshot in newest.iterator(chunk_size=20):
        parts = {part["evaluation"]["reference"]: _asked(part) for part in snapshot.content["projects"]}
        whole = Evaluation.objects.filter(pk=snapshot.evaluation_id)
        whole.update(to_explain=_asked(snapshot.content) + sum(parts.values()))
        for reference, number in parts.items():
            Evaluation.objects.filter(reference=reference).update(to_explain=number)


def _asked(content):
    return sum(one["severity"] == "explain" for one in content["findings"])


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0018_rectifications")]

    operations = [
        migrations.AddField("evaluation", "to_explain", models.PositiveIntegerField("需说明", default=0)),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
