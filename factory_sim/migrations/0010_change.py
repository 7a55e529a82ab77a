import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("factory_sim", "0009_stations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="jobcommand",
            name="actor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="who",
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
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="WorkChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(verbose_name="event")),
                ("from_spec", models.JSONField(verbose_name="work specification before")),
                ("to_spec", models.JSONField(verbose_name="work specification after")),
                ("at", models.DateTimeField(verbose_name="real time")),
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
                        related_name="changes",
                        to="factory_sim.productionorder",
                        verbose_name="production order",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of work",
                "verbose_name_plural": "changes of work",
                "constraints": [models.UniqueConstraint(fields=("order", "seq"), name="factory_change_once")],
            },
        ),
        append_only("factory_sim_workchange"),
    ]
