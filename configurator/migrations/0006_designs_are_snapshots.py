from django.db import migrations

from core.triggers import append_only_but

# An author is written once, and forgotten with the account: a design never becomes somebody else's.
KEEP_AUTHOR = """
CREATE FUNCTION configurator_design_keeps_author() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.author_id IS NOT NULL AND NEW.author_id IS NOT NULL AND NEW.author_id <> OLD.author_id THEN
        RAISE EXCEPTION 'a design never becomes somebody else''s' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER configurator_design_keeps_author BEFORE UPDATE OF author_id ON configurator_design
    FOR EACH ROW EXECUTE FUNCTION configurator_design_keeps_author()
"""
FORGET = """
DROP TRIGGER configurator_design_keeps_author ON configurator_design;
DROP FUNCTION configurator_design_keeps_author()
"""


class Migration(migrations.Migration):
    dependencies = [("configurator", "0005_designs")]

    operations = [
        append_only_but("configurator_design", ("name", "author_id", "claimed_at", "unlisted_at")),
        migrations.RunSQL(KEEP_AUTHOR, FORGET),
    ]
