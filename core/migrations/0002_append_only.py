from django.db import migrations

from core.triggers import create_append_only_function


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [create_append_only_function()]
