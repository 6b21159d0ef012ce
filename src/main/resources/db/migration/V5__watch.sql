-- What the story of a job needs besides its counts: where it came from, and how long what took.
ALTER TABLE backfill_jobs
  -- Whoever brought the file. NULL for jobs older than this column.
  ADD COLUMN IF NOT EXISTS origin        text CHECK (origin IN ('http', 'inbox')),
  -- How long it took to store and index the file.
  ADD COLUMN IF NOT EXISTS index_seconds double precision,
  -- When the job last began to wait for its turn or to run, and how long it did so before that.
  ADD COLUMN IF NOT EXISTS phase_at      timestamptz,
  ADD COLUMN IF NOT EXISTS waited        interval NOT NULL DEFAULT '0',
  ADD COLUMN IF NOT EXISTS ran           interval NOT NULL DEFAULT '0',
  -- Rejected rows by what was wrong with them, noted at the job's end because rejects are not kept
  -- for ever. NULL while it is not over.
  ADD COLUMN IF NOT EXISTS causes        jsonb;

-- Pages of the list of jobs go by both.
CREATE INDEX IF NOT EXISTS backfill_jobs_list_idx ON backfill_jobs (created_at DESC, id DESC);

-- Of a job that an older version ran, one run from its start to its end is all that can be known.
UPDATE backfill_jobs
   SET ran = CASE WHEN completed_at > started_at THEN completed_at - started_at ELSE '0' END,
       phase_at = CASE WHEN status = 'running' THEN updated_at ELSE started_at END
 WHERE started_at IS NOT NULL AND phase_at IS NULL;
UPDATE backfill_jobs
   SET phase_at = queued_at
 WHERE status = 'pending' AND queued_at IS NOT NULL AND phase_at IS NULL;

-- Rejected rows of a job by cause. A row with two faults counts under both.
CREATE OR REPLACE FUNCTION backfill_causes(job uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_object_agg(counted.cause, counted.rows), '{}')
    FROM (SELECT cause, count(*) AS rows
            FROM backfill_rejects AS reject, unnest(reject.causes) AS cause
           WHERE reject.job_id = job
           GROUP BY cause) AS counted
$$;

-- In the database, so that time is counted whoever changes the status, by hand too, and by one clock.
CREATE OR REPLACE FUNCTION backfill_note_times() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was_waiting boolean := OLD.status = 'pending' AND OLD.queued_at IS NOT NULL;
  is_waiting  boolean := NEW.status = 'pending' AND NEW.queued_at IS NOT NULL;
BEGIN
  IF OLD.status = 'running' THEN
    -- A process that died worked until it last reported progress, not until it was missed.
    NEW.ran := OLD.ran + greatest(
      CASE WHEN NEW.owner IS DISTINCT FROM OLD.owner THEN OLD.updated_at ELSE now() END - OLD.phase_at,
      interval '0');
  ELSIF was_waiting THEN
    NEW.waited := OLD.waited + greatest(now() - OLD.phase_at, interval '0');
  END IF;
  IF is_waiting OR NEW.status = 'running' THEN
    NEW.phase_at := now();
    NEW.causes := NULL;
  ELSIF NEW.causes IS NULL THEN
    BEGIN
      NEW.causes := backfill_causes(NEW.id);
    EXCEPTION WHEN OTHERS THEN
      -- A job must be able to end whatever is wrong with its rejects.
      NULL;
    END;
  END IF;
  RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS backfill_jobs_times ON backfill_jobs;
CREATE TRIGGER backfill_jobs_times BEFORE UPDATE OF status, queued_at, owner ON backfill_jobs
  FOR EACH ROW
  WHEN ((OLD.status, OLD.queued_at IS NULL, OLD.owner)
        IS DISTINCT FROM (NEW.status, NEW.queued_at IS NULL, NEW.owner))
  EXECUTE FUNCTION backfill_note_times();
