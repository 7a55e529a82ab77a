from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION editions_edition_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an announced edition is never removed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.size > OLD.size THEN
        RAISE EXCEPTION 'an edition never grows' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.orders_placed < OLD.orders_placed THEN
        RAISE EXCEPTION 'the counter of orders never falls' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.price_card, NEW.currency, NEW.version_id, NEW.announced_at{columns})
        IS DISTINCT FROM (OLD.price_card, OLD.currency, OLD.version_id, OLD.announced_at{old_columns}) THEN
        RAISE EXCEPTION 'a published price card never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
# Sizes that shrank before were announced larger: the ledger's first entry says so.
FILL = """
UPDATE editions_edition SET announced_size = COALESCE(
    (SELECT (terms ->> 'size')::integer FROM editions_ledgerentry
     WHERE edition_id = editions_edition.id AND kind = 'announced'), size)
"""


class Migration(migrations.Migration):
    dependencies = [("editions", "0011_waiting_list")]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(
            GUARD.format(columns=", NEW.announced_size", old_columns=", OLD.announced_size"),
            GUARD.format(columns="", old_columns=""),
        ),
    ]
