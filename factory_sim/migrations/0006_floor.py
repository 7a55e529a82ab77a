import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("factory_sim", "0005_engine"),
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
        migrations.CreateModel(
            name="JobCommand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(verbose_name="event")),
                (
                    "command",
                    models.CharField(
                        choices=[
                            ("revoke", "Revoke its start"),
                            ("start", "Allow its start"),
                            ("pause", "Pause"),
                            ("resume", "Resume"),
                            ("abort", "Abort"),
                        ],
                        max_length=10,
                        verbose_name="command",
                    ),
                ),
                ("from_status", models.CharField(max_length=20, verbose_name="from status")),
                ("to_status", models.CharField(max_length=20, verbose_name="to status")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="real time")),
            ],
            options={
                "verbose_name": "command to a job",
                "verbose_name_plural": "commands to jobs",
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
        migrations.AlterModelOptions(
            name="productionorder",
            options={
                "permissions": [("command_job", "Can pause, resume, revoke and abort jobs")],
                "verbose_name": "production order",
                "verbose_name_plural": "production orders",
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
                    ("scrapped", "scrapped, to be made again"),
                    ("completed", "completed"),
                    ("revoked", "not allowed to start any more"),
                    ("allowed", "allowed to start again"),
                    ("paused", "paused"),
                    ("resumed", "resumed"),
                    ("aborted", "aborted"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="productionorder",
            name="status",
            field=models.CharField(
                choices=[
                    ("NotAllowedToStart", "not allowed to start"),
                    ("AllowedToStart", "waiting for its first operation"),
                    ("Running", "being made"),
                    ("Interrupted", "paused"),
                    ("Ended", "made"),
                    ("Aborted", "stopped"),
                ],
                default="AllowedToStart",
                max_length=20,
                verbose_name="status",
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
        migrations.AddField(
            model_name="jobcommand",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="who",
            ),
        ),
        migrations.AddField(
            model_name="jobcommand",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="commands",
                to="factory_sim.productionorder",
                verbose_name="production order",
            ),
        ),
        migrations.AddConstraint(
            model_name="jobcommand",
            constraint=models.UniqueConstraint(fields=("order", "seq"), name="factory_command_once"),
        ),
        append_only("factory_sim_clockact"),
        append_only("factory_sim_jobcommand"),
    ]
