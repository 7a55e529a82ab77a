import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("factory_sim", "0004_material_lots"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClockAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[("run", "ran it"), ("pause", "paused it"), ("jump", "put it forward")],
                        max_length=10,
                        verbose_name="what was done",
                    ),
                ),
                ("speed", models.FloatField(null=True, verbose_name="speed")),
                ("minutes", models.FloatField(null=True, verbose_name="working minutes")),
                ("at", models.DateTimeField(verbose_name="real time")),
                ("shown", models.DateTimeField(verbose_name="factory time")),
            ],
            options={
                "verbose_name": "setting of a clock",
                "verbose_name_plural": "settings of clocks",
            },
        ),
        migrations.AlterModelOptions(
            name="factoryclock",
            options={
                "permissions": [("set_clock", "Can set the clocks of the plants")],
                "verbose_name": "factory clock",
                "verbose_name_plural": "factory clocks",
            },
        ),
        migrations.AddField(
            model_name="productionorder",
            name="due_at",
            field=models.DateTimeField(null=True, verbose_name="promised for"),
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
                    ("scrapped", "scrapped"),
                    ("completed", "completed"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AddIndex(
            model_name="productionevent",
            index=models.Index(fields=["at"], name="factory_event_at"),
        ),
        migrations.AddField(
            model_name="clockact",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="who",
            ),
        ),
        migrations.AddField(
            model_name="clockact",
            name="plant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clock_acts",
                to="factory_sim.plant",
                verbose_name="plant",
            ),
        ),
        append_only("factory_sim_clockact"),
    ]
