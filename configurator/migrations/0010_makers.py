from django.db import migrations

from core.triggers import append_only

GROUP = "Makers"
PERMISSIONS = {
    "product": {"view_product": "Can view product", "publish_product": "Can publish and roll back products"},
    "productversion": {"view_productversion": "Can view product version"},
    "draft": {"view_draft": "Can view draft", "add_draft": "Can add draft", "change_draft": "Can change draft"},
}


def create_group(apps, schema_editor):
    """Permissions are made after all migrations; the group needs its own now."""
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    for model, permissions in PERMISSIONS.items():
        content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label="configurator", model=model
        )
        for codename, name in permissions.items():
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=content_type, codename=codename, defaults={"name": name}
            )
            group.permissions.add(permission)


def remove_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name=GROUP).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("configurator", "0009_drafts"),
        ("core", "0002_append_only"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [append_only("configurator_draftchange"), migrations.RunPython(create_group, remove_group)]
