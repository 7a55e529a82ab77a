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


def append_only_but(table: str, columns: tuple[str, ...]) -> RunSQL:
    """Refuse every DELETE of a table's rows, and every UPDATE that changes other columns than these."""
    free = ", ".join(f"'{column}'" for column in columns)
    return RunSQL(
        f"""
CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - ARRAY[{free}] IS DISTINCT FROM to_jsonb(OLD) - ARRAY[{free}] THEN
        RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_append_only()
""",
        f"DROP TRIGGER {table}_append_only ON {table}; DROP FUNCTION {table}_append_only()",
    )


def never_emptied(table: str) -> RunSQL:
    """Refuse TRUNCATE, which fires no trigger of a row."""
    return RunSQL(
        f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION dure_append_only()",
        f"DROP TRIGGER {table}_never_emptied ON {table}",
    )
