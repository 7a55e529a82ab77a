from django.db import migrations
from django.utils.timezone import now


def show_real_time(apps, schema_editor):
    """The clocks of plants that report can be set no more: they show real time from now on."""
    clocks = apps.get_model("factory_sim", "FactoryClock").objects.filter(plant__definition__maker="reports")
    clocks.update(real_anchor=now(), factory_anchor=now(), speed=1.0, paused=False)


class Migration(migrations.Migration):
    dependencies = [("factory_sim", "0013_put_first")]

    operations = [migrations.RunPython(show_real_time, migrations.RunPython.noop)]
