import django.db.models.deletion
from django.db import migrations, models

from core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("factory_sim", "0011_readings"),
    ]

    operations = [
        migrations.AddField(
            model_name="productionorder",
            name="is_first",
            field=models.BooleanField(default=False, verbose_name="put first by the staff"),
        ),
        migrations.AddField(
            model_name="productionorder",
            name="urgency",
            field=models.PositiveIntegerField(default=1000000, verbose_name="place in the plan"),
        ),
        migrations.AlterField(
            model_name="jobcommand",
            name="command",
            field=models.CharField(
                choices=[
                    ("revoke", "Revoke its start"),
                    ("start", "Allow its start"),
                    ("pause", "Pause"),
                    ("resume", "Resume"),
                    ("abort", "Abort"),
                    ("put_first", "Put it first"),
                    ("in_turn", "Let it take its turn"),
                ],
                max_length=10,
                verbose_name="command",
            ),
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
                    ("changed", "changed by the customer"),
                    ("put_first", "put first"),
                    ("in_turn", "takes its turn again"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="PlanRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="real time")),
                ("minute", models.FloatField(verbose_name="working minute")),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("arrival", "a new piece"),
                            ("machine", "a machine went down or came up"),
                            ("sent_back", "a piece that was sent back"),
                            ("command", "a command or a late change"),
                        ],
                        max_length=10,
                        verbose_name="why",
                    ),
                ),
                ("pieces", models.PositiveIntegerField(verbose_name="pieces")),
                ("cost_before", models.FloatField(verbose_name="cost before")),
                ("cost_after", models.FloatField(verbose_name="cost after")),
                ("late_before", models.PositiveIntegerField(verbose_name="late before")),
                ("late_after", models.PositiveIntegerField(verbose_name="late after")),
                ("worsened", models.PositiveIntegerField(verbose_name="promises worse by over an hour")),
                ("followed", models.BooleanField(verbose_name="followed")),
                (
                    "plant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="factory_sim.plant",
                        verbose_name="plant",
                    ),
                ),
            ],
            options={
                "verbose_name": "plan",
                "verbose_name_plural": "plans",
            },
        ),
        migrations.CreateModel(
            name="PlantPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last_event", models.BigIntegerField(default=0, verbose_name="last event seen")),
                (
                    "last_of_machines",
                    models.BigIntegerField(default=0, verbose_name="last entry of the machines' log seen"),
                ),
                (
                    "plant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="plan",
                        to="factory_sim.plant",
                        verbose_name="plant",
                    ),
                ),
            ],
            options={
                "verbose_name": "plan of a plant",
                "verbose_name_plural": "plans of plants",
            },
        ),
        append_only("factory_sim_planrecord"),
    ]
