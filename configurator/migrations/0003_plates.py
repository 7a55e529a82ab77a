from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("configurator", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="productversion",
            name="plates",
            field=models.JSONField(blank=True, default=dict, verbose_name="plates"),
        ),
    ]
