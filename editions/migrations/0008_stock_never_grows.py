from django.db import migrations

GUARD = """
CREATE FUNCTION editions_component_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a component that was laid in is never removed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.units_ordered < OLD.units_ordered THEN
        RAISE EXCEPTION 'the counter of units never falls' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.slug, NEW.edition_id, NEW.stock) IS DISTINCT FROM (OLD.slug, OLD.edition_id, OLD.stock) THEN
        RAISE EXCEPTION 'a stock that prices count never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER editions_component_guard BEFORE UPDATE OR DELETE ON editions_component
    FOR EACH ROW EXECUTE FUNCTION editions_component_guard();
CREATE FUNCTION editions_unit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.component_id <> OLD.component_id OR (OLD.was_ordered AND NOT NEW.was_ordered) THEN
        RAISE EXCEPTION 'a unit stays, and what was ordered was ordered' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER editions_unit_guard BEFORE UPDATE OR DELETE ON editions_componentunit
    FOR EACH ROW EXECUTE FUNCTION editions_unit_guard();
"""

UNDO = """
DROP TRIGGER editions_unit_guard ON editions_componentunit;
DROP FUNCTION editions_unit_guard();
DROP TRIGGER editions_component_guard ON editions_component;
DROP FUNCTION editions_component_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("editions", "0007_component_stock")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
