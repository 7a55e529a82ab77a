import django.db.models.deletion
from django.db import migrations, models

from core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("core", "0002_append_only"), ("factory_sim", "0003_labels")]

    operations = [
        migrations.CreateModel(
            name="MaterialLot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("material", models.CharField(max_length=40, verbose_name="material")),
                ("unit", models.CharField(max_length=20, verbose_name="unit")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("size", models.FloatField(verbose_name="quantity")),
                ("used", models.FloatField(default=0, verbose_name="used")),
                ("opened_at", models.DateTimeField(verbose_name="opened at (factory time)")),
                (
                    "plant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="factory_sim.plant",
                        verbose_name="plant",
                    ),
                ),
            ],
            options={
                "verbose_name": "lot of material",
                "verbose_name_plural": "lots of material",
            },
        ),
        migrations.CreateModel(
            name="MaterialUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(verbose_name="event")),
                ("quantity", models.FloatField(verbose_name="quantity")),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="factory_sim.materiallot",
                        verbose_name="lot",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="factory_sim.productionorder",
                        verbose_name="production order",
                    ),
                ),
            ],
            options={
                "verbose_name": "material used",
                "verbose_name_plural": "materials used",
            },
        ),
        migrations.AddConstraint(
            model_name="materiallot",
            constraint=models.UniqueConstraint(fields=("plant", "material", "number"), name="factory_lot_once"),
        ),
        migrations.AddConstraint(
            model_name="materiallot",
            constraint=models.CheckConstraint(
                condition=models.Q(("used__gte", 0), ("used__lte", models.F("size"))), name="factory_lot_not_overdrawn"
            ),
        ),
        migrations.AddConstraint(
            model_name="materialuse",
            constraint=models.UniqueConstraint(fields=("order", "seq", "lot"), name="factory_use_once"),
        ),
        append_only("factory_sim_materialuse"),
    ]
