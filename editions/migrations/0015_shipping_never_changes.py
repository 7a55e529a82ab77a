from django.db import migrations

GUARD = """
CREATE FUNCTION editions_edition_terms_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.shipping IS DISTINCT FROM OLD.shipping THEN
        RAISE EXCEPTION 'published shipping zones never change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.archived_at IS NOT NULL AND NEW.archived_at IS DISTINCT FROM OLD.archived_at THEN
        RAISE EXCEPTION 'an archived edition stays archived' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER editions_edition_terms_guard BEFORE UPDATE ON editions_edition
    FOR EACH ROW EXECUTE FUNCTION editions_edition_terms_guard();
"""

UNDO = """
DROP TRIGGER editions_edition_terms_guard ON editions_edition;
DROP FUNCTION editions_edition_terms_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("editions", "0014_shipping_and_archive")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
