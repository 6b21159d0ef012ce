-- A change of a job by hand is named to all processes, so that one of them can log it.
CREATE OR REPLACE FUNCTION backfill_notify() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  NOTIFY backfill_work;
  PERFORM pg_notify('backfill_work', id::text) FROM noted WHERE actor LIKE 'sql:%' AND job_id IS NOT NULL;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER backfill_trail_noted AFTER INSERT ON backfill_trail
  REFERENCING NEW TABLE AS noted FOR EACH STATEMENT EXECUTE FUNCTION backfill_notify();
