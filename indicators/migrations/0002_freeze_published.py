"""The database itself refuses to change a published template (the model's refusal has ways around it).

A later migration that alters this table on SQLite rebuilds it, which drops its triggers: call `install` there
again. tests/indicators/test_frozen.py notices when it was forgotten.
"""

from django.db import migrations

TABLE = "indicators_indicatortemplate"
FIXED = (
    "id, code, version, title, kind, region_code, first_year, last_year, content, content_hash, "
    "engine_version, published_at, published_by_name, created_at"
)
REFUSAL = "published indicator templates are frozen"

# No trigger on DELETE here: Django empties tables by DELETE on SQLite (flush, and so its tests).
SQLITE = (
    f"CREATE TRIGGER template_frozen BEFORE UPDATE OF {FIXED} ON {TABLE} WHEN OLD.state <> 'draft' "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER template_state BEFORE UPDATE OF state ON {TABLE} "
    f"WHEN OLD.state <> 'draft' AND NEW.state <> 'retired' AND NEW.state <> OLD.state "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
)
POSTGRESQL = (
    f"CREATE FUNCTION template_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    f"CREATE TRIGGER template_frozen BEFORE UPDATE OF {FIXED} ON {TABLE} "
    f"FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION template_refuse()",
    f"CREATE TRIGGER template_state BEFORE UPDATE OF state ON {TABLE} FOR EACH ROW "
    f"WHEN (OLD.state <> 'draft' AND NEW.state <> 'retired' AND NEW.state <> OLD.state) "
    f"EXECUTE FUNCTION template_refuse()",
    f"CREATE TRIGGER template_kept BEFORE DELETE ON {TABLE} "
    f"FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION template_refuse()",
)
UNINSTALL = {
    "sqlite": ("DROP TRIGGER template_frozen", "DROP TRIGGER template_state"),
    "postgresql": (
        f"DROP TRIGGER template_frozen ON {TABLE}",
        f"DROP TRIGGER template_state ON {TABLE}",
        f"DROP TRIGGER template_kept ON {TABLE}",
        "DROP FUNCTION template_refuse()",
    ),
}


def install(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[vendor]:
        schema_editor.execute(statement)


def uninstall(apps, schema_editor):
    for statement in UNINSTALL[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]

    operations = [migrations.RunPython(install, uninstall)]
