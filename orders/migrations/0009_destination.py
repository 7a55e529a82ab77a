from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_sold_before_the_ledger")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="destination",
            field=models.CharField(blank=True, default="", max_length=2, verbose_name="destination"),
        ),
    ]
