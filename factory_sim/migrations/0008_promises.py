import datetime as dt
import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("factory_sim", "0007_operators"),
    ]

    operations = [
        migrations.CreateModel(
            name="QueuePublication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.UUIDField(default=uuid.uuid4, verbose_name="version")),
                (
                    "published_at",
                    models.DateTimeField(
                        default=dt.datetime(1970, 1, 1, 0, 0, tzinfo=dt.UTC), verbose_name="published at"
                    ),
                ),
                (
                    "counted_until",
                    models.DateTimeField(
                        default=dt.datetime(1970, 1, 1, 0, 0, tzinfo=dt.UTC),
                        verbose_name="counts orders until",
                    ),
                ),
                ("seen", models.CharField(blank=True, max_length=80)),
                ("plant_shape", models.TextField(blank=True)),
                ("content", models.BinaryField(default=bytes)),
                ("likely_stretch", models.FloatField(default=1.0, verbose_name="factor of the likely date")),
                ("safe_stretch", models.FloatField(default=1.0, verbose_name="factor of the safe date")),
                (
                    "learned_from",
                    models.PositiveIntegerField(default=0, verbose_name="promises that it was learned from"),
                ),
                (
                    "plant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="publication",
                        to="factory_sim.plant",
                        verbose_name="plant",
                    ),
                ),
            ],
            options={
                "verbose_name": "published queue",
                "verbose_name_plural": "published queues",
            },
        ),
        migrations.CreateModel(
            name="GivenPromise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_ref", models.CharField(max_length=80, unique=True, verbose_name="reference")),
                ("given_at", models.DateTimeField(verbose_name="promised at (factory time)")),
                ("likely_at", models.DateTimeField(verbose_name="likely ready")),
                ("safe_at", models.DateTimeField(verbose_name="ready 9 times out of 10")),
                ("likely_stretch", models.FloatField(verbose_name="factor of the likely date")),
                ("safe_stretch", models.FloatField(verbose_name="factor of the safe date")),
                ("ready_at", models.DateTimeField(null=True, verbose_name="ready at (factory time)")),
                (
                    "plant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promises",
                        to="factory_sim.plant",
                        verbose_name="plant",
                    ),
                ),
            ],
            options={
                "verbose_name": "promise",
                "verbose_name_plural": "promises",
                "indexes": [models.Index(fields=["plant", "safe_at"], name="factory_promise_due")],
            },
        ),
    ]
