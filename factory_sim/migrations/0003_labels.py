from django.db import migrations, models


class Migration(migrations.Migration):
    """Words for phases and kinds; the tables stay as they are."""

    dependencies = [("factory_sim", "0002_append_only")]

    operations = [
        migrations.AlterField(
            model_name="productionorder",
            name="phase",
            field=models.CharField(
                choices=[
                    ("coming", "on its way to the plant"),
                    ("queued", "in a queue"),
                    ("working", "being worked on"),
                    ("done", "made"),
                ],
                default="coming",
                max_length=10,
                verbose_name="phase",
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
                    ("completed", "completed"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
    ]
