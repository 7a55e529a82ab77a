from django.db import migrations

GROUP = "Reviewers"
PERMISSIONS = {"view_screeningappeal": "Can view text to decide", "decide_appeal": "Can allow and decline texts"}


def permit(apps, schema_editor):
    """Who reviews orders decides about texts too. Permissions are made after all migrations; these two are needed now."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="configurator", model="screeningappeal"
    )
    permission_model = apps.get_model("auth", "Permission")
    permissions = [
        permission_model.objects.get_or_create(content_type=content_type, codename=codename, defaults={"name": name})[0]
        for codename, name in PERMISSIONS.items()
    ]
    apps.get_model("auth", "Group").objects.get(name=GROUP).permissions.add(*permissions)


def take_back(apps, schema_editor):
    group = apps.get_model("auth", "Group").objects.get(name=GROUP)
    group.permissions.remove(*group.permissions.filter(codename__in=PERMISSIONS))


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_no_return_accepted"), ("configurator", "0007_screening_appeals")]

    operations = [migrations.RunPython(permit, take_back)]
