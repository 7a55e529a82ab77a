import django.db.models.deletion
from django.db import migrations, models

from core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_append_only"),
        ("factory_sim", "0004_material_lots"),
    ]

    operations = [
        migrations.AddField(
            model_name="factoryclock",
            name="machines",
            field=models.JSONField(blank=True, default=list, verbose_name="machines"),
        ),
        migrations.AddField(
            model_name="productionevent",
            name="setup",
            field=models.FloatField(default=0, verbose_name="minutes of set-up"),
        ),
        migrations.AddField(
            model_name="productionorder",
            name="remade",
            field=models.JSONField(blank=True, default=dict, verbose_name="starts before it was scrapped"),
        ),
        migrations.AddField(
            model_name="productionorder",
            name="standing",
            field=models.JSONField(blank=True, default=list, verbose_name="standing of its operations"),
        ),
        migrations.AlterField(
            model_name="productionevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("released", "entered the plant"),
                    ("queued", "joined a queue"),
                    ("started", "work started"),
                    ("finished", "work ended"),
                    ("passed", "passed the inspection"),
                    ("failed", "failed the inspection"),
                    ("scrapped", "scrapped, to be made again"),
                    ("completed", "completed"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="MachineLogEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("station", models.CharField(max_length=40, verbose_name="station")),
                ("machine", models.PositiveSmallIntegerField(verbose_name="machine")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("down", "broke down"),
                            ("up", "is up again"),
                            ("blocked", "is blocked by a piece that has no room to go on to"),
                            ("unblocked", "is free again"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("minute", models.FloatField(verbose_name="working minute")),
                ("at", models.DateTimeField(verbose_name="factory time")),
                ("external_ref", models.CharField(blank=True, max_length=80, verbose_name="piece")),
                (
                    "plant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="machine_log",
                        to="factory_sim.plant",
                        verbose_name="plant",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of the machines' log",
                "verbose_name_plural": "machines' log",
                "indexes": [models.Index(fields=["plant", "minute"], name="factory_machine_log")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plant", "station", "machine", "minute", "kind", "external_ref"),
                        name="factory_machine_event_once",
                    )
                ],
            },
        ),
        append_only("factory_sim_machinelogentry"),
    ]
