import django.db.models.deletion
from django.db import migrations, models

from core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0010_to_come"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("awaiting_payment", "awaiting payment"),
                            ("in_review", "in review"),
                            ("approved", "approved"),
                            ("in_production", "being made"),
                            ("finished", "finished"),
                            ("rejected", "declined"),
                            ("cancelled", "cancelled"),
                        ],
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                ("before", models.JSONField(verbose_name="configuration before")),
                ("after", models.JSONField(verbose_name="configuration after")),
                ("breakdown", models.JSONField(verbose_name="price breakdown")),
                ("safe_before", models.DateTimeField(verbose_name="promised before")),
                ("safe_at", models.DateTimeField(verbose_name="ready 9 times out of 10")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="orders.order",
                        verbose_name="order",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of an order",
                "verbose_name_plural": "changes of orders",
                "constraints": [models.UniqueConstraint(fields=("order", "number"), name="orders_revision_once")],
            },
        ),
        append_only("orders_orderrevision"),
    ]
