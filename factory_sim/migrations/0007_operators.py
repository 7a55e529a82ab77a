from django.db import migrations

GROUP = "Operators"
PERMISSIONS = {
    "plant": {"view_plant": "Can view plant"},
    "productionorder": {
        "view_productionorder": "Can view production order",
        "command_job": "Can pause, resume, revoke and abort jobs",
    },
    "productionevent": {"view_productionevent": "Can view production event"},
    "jobcommand": {"view_jobcommand": "Can view command to a job"},
    "materialuse": {"view_materialuse": "Can view material used"},
}


def create_group(apps, schema_editor):
    """Permissions are made after all migrations; the group needs its own now."""
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    for model, names in PERMISSIONS.items():
        content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label="factory_sim", model=model
        )
        for codename, name in names.items():
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=content_type, codename=codename, defaults={"name": name}
            )
            group.permissions.add(permission)


def remove_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name=GROUP).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("factory_sim", "0006_floor"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(create_group, remove_group)]
