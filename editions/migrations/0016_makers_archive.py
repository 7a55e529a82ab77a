from django.db import migrations

GROUP = "Makers"
PERMISSIONS = {"view_edition": "Can view edition", "archive_edition": "Can archive editions"}


def let_makers_archive(apps, schema_editor):
    """Permissions are made after all migrations; the group needs its own now."""
    group = apps.get_model("auth", "Group").objects.get(name=GROUP)
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="editions", model="edition"
    )
    for codename, name in PERMISSIONS.items():
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": name}
        )
        group.permissions.add(permission)


def let_them_no_more(apps, schema_editor):
    group = apps.get_model("auth", "Group").objects.get(name=GROUP)
    group.permissions.remove(
        *apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label="editions", content_type__model="edition", codename__in=PERMISSIONS
        )
    )


class Migration(migrations.Migration):
    dependencies = [("editions", "0015_shipping_never_changes")]

    operations = [migrations.RunPython(let_makers_archive, let_them_no_more)]
