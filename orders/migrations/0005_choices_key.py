import json
from hashlib import sha256

from django.db import migrations, models


def fill_in(apps, schema_editor):
    """The key of every order so far, as `Configuration.choices_key` was when this was written."""
    order_model = apps.get_model("orders", "Order")
    for order in order_model.objects.only("configuration_json").iterator():
        product, _, _ = order.configuration_json["version"].partition("/")
        what = [product, order.configuration_json["choices"]]
        spelled = json.dumps(what, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        order_model.objects.filter(pk=order.pk).update(choices_key=sha256(spelled).hexdigest())


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_paid_once")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="choices_key",
            field=models.CharField(default="", max_length=64, verbose_name="key of the choices"),
            preserve_default=False,
        ),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="order",
            name="choices_key",
            field=models.CharField(db_index=True, max_length=64, verbose_name="key of the choices"),
        ),
    ]
