"""Who approved what was approved before there was the column, from the log."""

from django.db import migrations


def fill(apps, schema_editor):
    Evaluation = apps.get_model("evaluations", "Evaluation")
    Event = apps.get_model("evaluations", "Event")
    decided = Evaluation.objects.filter(state__in=("approved", "published"), parent=None, decided_by=None)
    for pk in decided.values_list("pk", flat=True):
        approval = Event.objects.filter(evaluation=pk, action="approve").order_by("-id").first()
        if approval is not None:
            Evaluation.objects.filter(pk=pk).update(decided_by=approval.actor_id)


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0019_findings_to_explain")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
