from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("editions", "0013_makers_withdraw_pieces")]

    operations = [
        migrations.AlterModelOptions(
            name="edition",
            options={
                "permissions": [
                    ("withdraw_pieces", "Can withdraw pieces"),
                    ("archive_edition", "Can archive editions"),
                ],
                "verbose_name": "edition",
                "verbose_name_plural": "editions",
            },
        ),
        migrations.AddField(
            model_name="edition",
            name="shipping",
            field=models.JSONField(blank=True, default=list, verbose_name="shipping zones"),
        ),
        migrations.AddField(
            model_name="edition",
            name="archived_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="archived at"),
        ),
        migrations.AddField(
            model_name="hold",
            name="destination",
            field=models.CharField(blank=True, default="", max_length=2, verbose_name="destination"),
        ),
    ]
