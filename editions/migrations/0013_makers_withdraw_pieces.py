from django.db import migrations

GROUP = "Makers"
PERMISSIONS = {
    "edition": {"view_edition": "Can view edition", "withdraw_pieces": "Can withdraw pieces"},
    "waitingplace": {"view_waitingplace": "Can view place in a waiting list"},
}


def let_makers_withdraw(apps, schema_editor):
    """Permissions are made after all migrations; the group needs its own now."""
    group = apps.get_model("auth", "Group").objects.get(name=GROUP)
    for model, names in PERMISSIONS.items():
        content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label="editions", model=model
        )
        for codename, name in names.items():
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=content_type, codename=codename, defaults={"name": name}
            )
            group.permissions.add(permission)


def let_them_no_more(apps, schema_editor):
    group = apps.get_model("auth", "Group").objects.get(name=GROUP)
    for model, names in PERMISSIONS.items():
        group.permissions.remove(
            *apps.get_model("auth", "Permission").objects.filter(
                content_type__app_label="editions", content_type__model=model, codename__in=names
            )
        )


class Migration(migrations.Migration):
    dependencies = [("editions", "0012_announced_size_stays")]

    operations = [migrations.RunPython(let_makers_withdraw, let_them_no_more)]
