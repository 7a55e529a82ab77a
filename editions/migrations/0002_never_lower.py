from django.db import migrations

GUARD = """
CREATE FUNCTION editions_edition_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF (NEW.price_card, NEW.currency, NEW.version_id, NEW.announced_at)
        IS DISTINCT FROM (OLD.price_card, OLD.currency, OLD.version_id, OLD.announced_at) THEN
        RAISE EXCEPTION 'a published price card never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER editions_edition_guard BEFORE UPDATE OR DELETE ON editions_edition
    FOR EACH ROW EXECUTE FUNCTION editions_edition_guard();
"""

UNDO = """
DROP TRIGGER editions_edition_guard ON editions_edition;
DROP FUNCTION editions_edition_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("editions", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
