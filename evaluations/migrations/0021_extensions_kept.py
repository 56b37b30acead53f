from django.db import migrations

REFUSAL = "this record is kept as it was written"


def keep(apps, schema_editor):
    """What was granted is never changed (the function on PostgreSQL is that of 0002)."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER evaluations_extension_kept BEFORE UPDATE ON evaluations_extension "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    else:
        schema_editor.execute(
            "CREATE TRIGGER evaluations_extension_kept BEFORE UPDATE OR DELETE ON evaluations_extension "
            "FOR EACH ROW EXECUTE FUNCTION record_refuse()"
        )


def release(apps, schema_editor):
    where = "" if schema_editor.connection.vendor == "sqlite" else " ON evaluations_extension"
    schema_editor.execute(f"DROP TRIGGER evaluations_extension_kept{where}")


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0020_approvers"),
    ]

    operations = [migrations.RunPython(keep, release)]
