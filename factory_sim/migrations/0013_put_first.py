from django.db import migrations

BEFORE, AFTER = (
    "Can pause, resume, revoke and abort jobs",
    "Can pause, resume, revoke and abort jobs, and put them first",
)


def renamed(before, after):
    """Permissions that exist keep their names where a model's change."""

    def rename(apps, schema_editor):
        permissions = apps.get_model("auth", "Permission").objects
        permissions.filter(content_type__app_label="factory_sim", codename="command_job", name=before).update(
            name=after
        )

    return rename


class Migration(migrations.Migration):
    dependencies = [("factory_sim", "0012_plan")]

    operations = [
        migrations.AlterModelOptions(
            name="productionorder",
            options={
                "permissions": [
                    ("command_job", AFTER),
                    ("report_work", "Can report work at the stations"),
                ],
                "verbose_name": "production order",
                "verbose_name_plural": "production orders",
            },
        ),
        migrations.RunPython(renamed(BEFORE, AFTER), renamed(AFTER, BEFORE)),
    ]
