from django.db import migrations

from core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("core", "0002_append_only"), ("factory_sim", "0001_initial")]

    operations = [append_only("factory_sim_productionevent")]
