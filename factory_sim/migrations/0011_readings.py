import django.db.models.deletion
from django.db import migrations, models

from core.triggers import append_only

GROUP = "Operators"


def let_operators_see(apps, schema_editor):
    """Permissions are made after all migrations; the group needs its own now."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="factory_sim", model="reading"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename="view_reading", defaults={"name": "Can view reading of a sensor"}
    )
    apps.get_model("auth", "Group").objects.get(name=GROUP).permissions.add(permission)


def let_nobody_see(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects
    found = permissions.filter(content_type__app_label="factory_sim", codename="view_reading")
    apps.get_model("auth", "Group").objects.get(name=GROUP).permissions.remove(*found)


class Migration(migrations.Migration):
    dependencies = [
        ("factory_sim", "0010_change"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(verbose_name="event")),
                ("sensor", models.CharField(max_length=40, verbose_name="sensor")),
                ("name", models.JSONField(verbose_name="name")),
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="unit")),
                ("value", models.FloatField(verbose_name="value")),
                ("low", models.FloatField(null=True, verbose_name="lower limit")),
                ("high", models.FloatField(null=True, verbose_name="upper limit")),
                ("points", models.JSONField(blank=True, default=list, verbose_name="course")),
                ("colour", models.CharField(blank=True, max_length=20, verbose_name="ordered colour")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="factory_sim.productionorder",
                        verbose_name="production order",
                    ),
                ),
            ],
            options={
                "verbose_name": "reading of a sensor",
                "verbose_name_plural": "readings of sensors",
                "constraints": [
                    models.UniqueConstraint(fields=("order", "seq", "sensor"), name="factory_reading_once")
                ],
            },
        ),
        append_only("factory_sim_reading"),
        migrations.RunPython(let_operators_see, let_nobody_see),
    ]
