"""Database triggers as migration operations: the last line under rules that services keep anyway."""

from django.db.migrations import RunSQL

CREATE_FUNCTION = """
CREATE FUNCTION dure_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def create_append_only_function() -> RunSQL:
    """The function that `append_only` triggers call; core's migrations create it once."""
    return RunSQL(CREATE_FUNCTION, "DROP FUNCTION dure_append_only()")


def append_only(table: str) -> RunSQL:
    """Refuse every UPDATE and DELETE of a table's rows."""
    return RunSQL(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION dure_append_only()",
        f"DROP TRIGGER {table}_append_only ON {table}",
    )
