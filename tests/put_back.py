"""Putting a PostgreSQL database back as it was before a test, instead of making a new one.

To copy one means some thousand files, and took longer than most tests. What a pattern holds is
kept in a schema of its own, which is copied with it.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

# Rows of tables that are not empty, the state of sequences, and the shape of the whole.
_KEEP = """
CREATE SCHEMA pristine;
CREATE TABLE pristine.sequences AS
  SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public';
CREATE FUNCTION pristine.shape_now() RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(' ', count(*), max(oid::bigint), sum(relnatts),
                   (SELECT count(*) FROM pg_policy), (SELECT max(oid::bigint) FROM pg_proc))
  FROM pg_class WHERE relnamespace = 'public'::regnamespace
$$;
DO $$
DECLARE named text; is_full boolean;
BEGIN
  FOR named IN SELECT relname FROM pg_class
               WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', named) INTO is_full;
    IF is_full THEN
      EXECUTE format('CREATE TABLE pristine.%I AS TABLE public.%I', 'of_' || named, named);
    END IF;
  END LOOP;
END $$;
CREATE FUNCTION pristine.put_back() RETURNS void LANGUAGE plpgsql AS $$
DECLARE named text;
BEGIN
  SET LOCAL session_replication_role = replica;  -- no foreign keys, no triggers
  FOR named IN SELECT relname FROM pg_class
               WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
    EXECUTE format('DELETE FROM public.%I', named);
  END LOOP;
  FOR named IN SELECT substr(relname, 4) FROM pg_class
               WHERE relnamespace = 'pristine'::regnamespace AND relname LIKE 'of\\_%' LOOP
    EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE SELECT * FROM pristine.%I',
                   named, 'of_' || named);
  END LOOP;
  PERFORM setval(format('public.%I', sequencename), coalesce(last_value, 1),
                 last_value IS NOT NULL) FROM pristine.sequences;
END $$;
CREATE TABLE pristine.shape AS SELECT pristine.shape_now() AS was;
"""


def keep_as_it_is(connection: Connection) -> None:
    """Keep what a pattern holds, so that its copies can be put back."""
    connection.connection.cursor().execute(_KEEP)  # the driver's own, to whom % means nothing


def put_back(connection: Connection) -> bool:
    """Put a copy back as its pattern is, and say whether it could be: not if its tables changed."""
    if not connection.scalar(text("SELECT was = pristine.shape_now() FROM pristine.shape")):
        return False
    connection.execute(text("SELECT pristine.put_back()"))
    return True
