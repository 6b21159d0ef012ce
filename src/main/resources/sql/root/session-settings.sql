-- Settings that the service's sessions depend on; they override the defaults of role and database. A plan
-- that was made while a table was empty reads all of it, which is far too slow after a million new rows;
-- every statement of this service, and every check of a foreign key, has an index to use. No statement is
-- worth compiling, even at a high estimated cost.
SET enable_seqscan = off;
SET jit = off;
-- A change in a session without an actor was made in SQL.
SET backfill.actor = 'service';
-- Statements over a million rows, idle connections in the pool and waits for locks have no time limit. A
-- frozen process inside a transaction makes others wait for at most a minute.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_session_timeout = 0;
SET idle_in_transaction_session_timeout = '60s';
SET default_transaction_isolation = 'read committed';
SET default_transaction_deferrable = off;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET IntervalStyle = 'postgres';
SET bytea_output = 'hex';
SET array_nulls = on;
SET client_min_messages = 'warning';
-- A policy that hides users is an error and must not look like a missing user.
SET row_security = off;
-- A connection whose other end vanished holds its locks until the server notices. Not every server has each
-- of these settings, and not every platform supports them.
DO $$
DECLARE
  wanted record;
BEGIN
  FOR wanted IN
    SELECT found.name, choice.value
      FROM (VALUES ('tcp_keepalives_idle',             '5'),
                   ('tcp_keepalives_interval',         '2'),
                   ('tcp_keepalives_count',            '3'),
                   ('tcp_user_timeout',                '10000'),
                   ('client_connection_check_interval', '2000'),
                   ('transaction_timeout',             '0')) AS choice (name, value)
      JOIN pg_settings AS found USING (name)
  LOOP
    BEGIN
      PERFORM set_config(wanted.name, wanted.value, false);
    EXCEPTION WHEN OTHERS THEN
      NULL;
    END;
  END LOOP;
  -- A commit is on disk before its events are published. How many standbys it waits for is the
  -- database's choice.
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'on', false);
  END IF;
END $$
