import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.triggers import append_only

GROUP = "Operators"
PERMISSIONS = {
    "productionorder": {"report_work": "Can report work at the stations"},
    "workreport": {"view_workreport": "Can view report of work"},
}


def let_operators_report(apps, schema_editor):
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


def let_nobody_report(apps, schema_editor):
    Permission = apps.get_model("auth", "Permission")
    for model, names in PERMISSIONS.items():
        found = Permission.objects.filter(content_type__app_label="factory_sim", content_type__model=model)
        apps.get_model("auth", "Group").objects.get(name=GROUP).permissions.remove(*found.filter(codename__in=names))


class Migration(migrations.Migration):
    dependencies = [
        ("factory_sim", "0008_promises"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="productionorder",
            options={
                "permissions": [
                    ("command_job", "Can pause, resume, revoke and abort jobs"),
                    ("report_work", "Can report work at the stations"),
                ],
                "verbose_name": "production order",
                "verbose_name_plural": "production orders",
            },
        ),
        migrations.CreateModel(
            name="PlantConnection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "address",
                    models.CharField(
                        help_text="Job orders are sent there; as in docs/plant-interface.md.",
                        max_length=300,
                        verbose_name="address",
                    ),
                ),
                (
                    "plant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="connection",
                        to="factory_sim.plant",
                        verbose_name="plant",
                    ),
                ),
            ],
            options={
                "verbose_name": "connection to a plant",
                "verbose_name_plural": "connections to plants",
            },
        ),
        migrations.CreateModel(
            name="WorkReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=120, verbose_name="key")),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
                ("kind", models.CharField(max_length=12, verbose_name="what")),
                ("operation", models.CharField(blank=True, max_length=40, verbose_name="operation")),
                ("fault", models.CharField(blank=True, max_length=40, verbose_name="fault")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("first_seq", models.PositiveIntegerField(verbose_name="first event")),
                ("last_seq", models.PositiveIntegerField(verbose_name="last event")),
                ("status", models.CharField(max_length=20, verbose_name="status after it")),
                ("happened_at", models.DateTimeField(verbose_name="happened at (real time)")),
                ("received_at", models.DateTimeField(verbose_name="received at (real time)")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="factory_sim.productionorder",
                        verbose_name="production order",
                    ),
                ),
                (
                    "plant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="factory_sim.plant",
                        verbose_name="plant",
                    ),
                ),
            ],
            options={
                "verbose_name": "report of work",
                "verbose_name_plural": "reports of work",
                "constraints": [models.UniqueConstraint(fields=("plant", "key"), name="factory_report_once")],
            },
        ),
        append_only("factory_sim_workreport"),
        migrations.RunPython(let_operators_report, let_nobody_report),
    ]
