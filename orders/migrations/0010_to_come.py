from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_destination")]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("status__in", ("in_review", "approved"))),
                fields=["placed_at"],
                name="orders_to_come",
            ),
        ),
    ]
