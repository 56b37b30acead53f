"""The database itself refuses to change what is written once (the models' refusal has ways around it).

A later migration that alters one of these tables on SQLite rebuilds it, which drops its trigger: call
`install` there again. tests/evaluations/test_snapshots.py notices when it was forgotten.
"""

from django.db import migrations

TABLES = ("evaluations_snapshot", "evaluations_event", "evaluations_fieldchange")
REFUSAL = "this record is kept as it was written"


def install(apps, schema_editor):
    """No trigger on DELETE on SQLite: there Django empties tables by DELETE (flush, and so its tests)."""
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    schema_editor.execute(
        f"CREATE FUNCTION record_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION record_refuse()"
        )


def uninstall(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER {table}_kept" + ("" if sqlite else f" ON {table}"))
    if not sqlite:
        schema_editor.execute("DROP FUNCTION record_refuse()")


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0001_people_budget_evaluations")]

    operations = [migrations.RunPython(install, uninstall)]
