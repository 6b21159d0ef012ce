-- Who did what, and when. Lines are only added; those of a job go when its row does.
CREATE TABLE backfill_trail (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- The name of a key, the subject of a token, or inbox, jmx, jmx:<key>, local, service, sql:<role>.
  actor      text NOT NULL,
  -- Of the caller, where there is one.
  address    text,
  action     text NOT NULL,
  -- No foreign key: the line of a download must not wait for a job that is being changed.
  job_id     uuid,
  request_id text,
  -- Never row content or an address of a user.
  detail     text
);
CREATE INDEX backfill_trail_job_idx ON backfill_trail (job_id, id);

CREATE FUNCTION backfill_keep_trail() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone boolean := false;
BEGIN
  IF TG_OP = 'DELETE' AND OLD.job_id IS NOT NULL THEN
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM %I.backfill_jobs WHERE id = $1)', TG_TABLE_SCHEMA)
      INTO gone USING OLD.job_id;
  END IF;
  IF NOT gone THEN
    RAISE EXCEPTION 'Lines of backfill_trail cannot be changed or removed'
      USING ERRCODE = 'restrict_violation', HINT = 'Those of a job go when its row does.';
  END IF;
  RETURN OLD;
END $$;

CREATE TRIGGER backfill_trail_rows BEFORE UPDATE OR DELETE ON backfill_trail
  FOR EACH ROW EXECUTE FUNCTION backfill_keep_trail();
CREATE TRIGGER backfill_trail_table BEFORE TRUNCATE ON backfill_trail
  FOR EACH STATEMENT EXECUTE FUNCTION backfill_keep_trail();
-- Also where a session replays the changes of another server.
ALTER TABLE backfill_trail ENABLE ALWAYS TRIGGER backfill_trail_rows;
ALTER TABLE backfill_trail ENABLE ALWAYS TRIGGER backfill_trail_table;

-- Every change of a job's state, in the commit that makes it, whoever makes it. The service names the
-- actor in its sessions; where nobody is named, somebody works in SQL. Runs with the rights of the
-- table's owner: a role that may update jobs need not be able to write here.
CREATE FUNCTION backfill_note_trail() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  actor   text := nullif(current_setting('backfill.actor', true), '');
  address text := nullif(current_setting('backfill.address', true), '');
  request text := nullif(current_setting('backfill.request', true), '');
  action  text;
  detail  text;
BEGIN
  IF actor IS NULL THEN
    actor := 'sql:' || session_user;
    address := host(inet_client_addr());
  END IF;
  IF TG_OP = 'INSERT' THEN
    action := 'uploaded';
    detail := NEW.total_rows || ' rows of ' || NEW.file_name;
  ELSIF NEW.status <> OLD.status THEN
    action := CASE NEW.status WHEN 'pending' THEN 'resumed'
                              WHEN 'rolling_back' THEN 'rollback-requested'
                              ELSE replace(NEW.status, '_', '-') END;
    detail := 'was ' || OLD.status;
  ELSIF NEW.queued_at IS NOT NULL AND OLD.queued_at IS NULL THEN
    action := 'started';
  ELSIF NEW.requested IS DISTINCT FROM OLD.requested THEN
    action := coalesce(NEW.requested || '-requested', OLD.requested || '-withdrawn');
  ELSE
    RETURN NULL;
  END IF;
  EXECUTE format('INSERT INTO %I.backfill_trail (actor, address, action, job_id, request_id, detail)'
                 ' VALUES ($1, $2, $3, $4, $5, $6)', TG_TABLE_SCHEMA)
    USING actor, address, action, NEW.id, request, detail;
  RETURN NULL;
END $$;

CREATE TRIGGER backfill_jobs_trail_created AFTER INSERT ON backfill_jobs
  FOR EACH ROW EXECUTE FUNCTION backfill_note_trail();
CREATE TRIGGER backfill_jobs_trail_changed AFTER UPDATE OF status, queued_at, requested ON backfill_jobs
  FOR EACH ROW WHEN (NOT NEW.dry_run) EXECUTE FUNCTION backfill_note_trail();

-- A job that is removed takes its lines along, and leaves one that says so. Dry runs leave none: that
-- they were made is a line of its own.
CREATE FUNCTION backfill_end_trail() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  actor text := coalesce(nullif(current_setting('backfill.actor', true), ''), 'sql:' || session_user);
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    EXECUTE format('DELETE FROM %I.backfill_trail WHERE job_id IS NOT NULL', TG_TABLE_SCHEMA);
    EXECUTE format('INSERT INTO %I.backfill_trail (actor, action) VALUES ($1, ''all-jobs-removed'')',
                   TG_TABLE_SCHEMA) USING actor;
    RETURN NULL;
  END IF;
  EXECUTE format('DELETE FROM %I.backfill_trail AS line USING gone WHERE line.job_id = gone.id',
                 TG_TABLE_SCHEMA);
  EXECUTE format('INSERT INTO %I.backfill_trail (actor, address, action, detail)'
                 ' SELECT $1, host(inet_client_addr()), ''job-removed'', id || '', '' || file_name'
                 ' FROM gone WHERE NOT dry_run', TG_TABLE_SCHEMA) USING actor;
  RETURN NULL;
END $$;

CREATE TRIGGER backfill_jobs_trail_removed AFTER DELETE ON backfill_jobs
  REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION backfill_end_trail();
CREATE TRIGGER backfill_jobs_trail_truncated AFTER TRUNCATE ON backfill_jobs
  FOR EACH STATEMENT EXECUTE FUNCTION backfill_end_trail();
