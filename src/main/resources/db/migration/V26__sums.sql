-- A job's row says how far the job is. Nobody sums up the ledger to read a status: a large job has
-- hundreds of thousands of chunks, and reading them takes a tenth of a second.

ALTER TABLE backfill_jobs
  -- Sessions that its chunks have imported or updated, each of which has an event, and those of chunks whose
  -- events are published. Of a running job, as of the last report; of another one, as of its end.
  ADD COLUMN IF NOT EXISTS events           bigint NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS events_published bigint NOT NULL DEFAULT 0,
  -- When its last chunk was loaded.
  ADD COLUMN IF NOT EXISTS last_loaded_at   timestamptz;

-- What changes in the ledger after a job's end is found without the rest: events that wait, and chunks that
-- were rolled back.
CREATE INDEX IF NOT EXISTS backfill_chunks_events_idx ON backfill_chunks (job_id)
  WHERE state = 'loaded' AND published_at IS NULL;
CREATE INDEX IF NOT EXISTS backfill_chunks_rolled_back_idx ON backfill_chunks (job_id)
  WHERE rolled_back_at IS NOT NULL;

-- The sums of a job's ledger, in one snapshot, so that they add up. Of a job without chunks all are 0.
CREATE FUNCTION backfill_sums(job uuid)
  RETURNS TABLE (chunks bigint, processed bigint, successful bigint, failed bigint, skipped bigint, updated bigint,
                 last_row bigint, events bigint, events_published bigint, last_loaded_at timestamptz)
  LANGUAGE sql STABLE AS $$
  SELECT count(*),
         coalesce(sum(chunk.successful + chunk.failed + chunk.skipped + chunk.updated), 0),
         coalesce(sum(chunk.successful), 0),
         coalesce(sum(chunk.failed), 0),
         coalesce(sum(chunk.skipped), 0),
         coalesce(sum(chunk.updated), 0),
         coalesce(min(chunk.first_row - 1) FILTER (WHERE chunk.state = 'pending' AND NOT chunk.tail),
                  max(chunk.first_row + chunk.row_span - 1) FILTER (WHERE NOT chunk.tail)),
         coalesce(sum(chunk.successful + chunk.updated), 0),
         coalesce(sum(chunk.successful + chunk.updated) FILTER (WHERE chunk.published_at IS NOT NULL), 0),
         max(chunk.loaded_at)
    FROM backfill_chunks AS chunk
   WHERE chunk.job_id = job
$$;

UPDATE backfill_jobs AS job
   SET events = ledger.events, events_published = ledger.events_published, last_loaded_at = ledger.last_loaded_at
  FROM (SELECT id, sums.* FROM backfill_jobs, LATERAL backfill_sums(id) AS sums) AS ledger
 WHERE job.id = ledger.id
   AND ledger.chunks > 0;

-- First trigger of V18, which now also sums up the ledger.
CREATE OR REPLACE FUNCTION backfill_change_job() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_waiting boolean := NEW.status = 'pending' AND NEW.queued_at IS NOT NULL;
  ledger     record;
BEGIN
  IF NEW.status <> OLD.status THEN
    -- It passes only these transitions. A status that an older service left, and this one
    -- does not know, may become any.
    IF NEW.status NOT IN ('pending', 'running', 'paused', 'completed', 'failed', 'cancelled',
                          'rolling_back', 'rolled_back') THEN
      RAISE EXCEPTION 'There is no job status %', NEW.status USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status <> 'failed'
       AND NOT (CASE OLD.status
         WHEN 'pending'      THEN NEW.status IN ('running', 'paused', 'cancelled', 'rolled_back')
         WHEN 'running'      THEN NEW.status IN ('paused', 'completed', 'cancelled')
         WHEN 'paused'       THEN NEW.status IN ('pending', 'cancelled', 'rolling_back')
         WHEN 'completed'    THEN NEW.status = 'rolling_back'
         WHEN 'failed'       THEN NEW.status IN ('pending', 'cancelled', 'rolling_back')
         WHEN 'cancelled'    THEN NEW.status = 'rolling_back'
         WHEN 'rolling_back' THEN NEW.status = 'rolled_back'
         WHEN 'rolled_back'  THEN false
         ELSE true
       END) THEN
      RAISE EXCEPTION 'A job that is % cannot become %', OLD.status, NEW.status
        USING ERRCODE = 'check_violation', HINT = 'Any job may be set to failed by hand.';
    END IF;
    -- A stop that was requested while the job ran is reached, or comes too late.
    IF NEW.status <> 'running' THEN
      NEW.requested := NULL;
      NEW.requested_at := NULL;
    END IF;
    -- The service gives a reason when it sets a job to failed; a person at psql gives none.
    IF NEW.status = 'failed' AND NEW.message IS NOT DISTINCT FROM OLD.message THEN
      NEW.message := 'Set to failed by hand. What was imported stays. Call resume to go on, or rollback to'
                     ' take it back.';
    END IF;
    IF NEW.status IN ('running', 'completed', 'failed', 'paused') AND NOT NEW.dry_run THEN
      NEW.milestones := array_append(
        NEW.milestones,
        CASE NEW.status WHEN 'running' THEN 'started' ELSE NEW.status END || ':' || gen_random_uuid());
    END IF;
  END IF;

  -- While a job runs its row may be a second old. Here the row becomes exact, whoever stops the job. A session
  -- that may change jobs need not be able to read the ledger.
  IF NEW.status <> OLD.status AND 'running' IN (OLD.status, NEW.status) THEN
    BEGIN
      SELECT * INTO ledger FROM backfill_sums(NEW.id);
      IF ledger.chunks > 0 THEN
        NEW.processed_rows     := ledger.processed;
        NEW.successful_rows    := ledger.successful;
        NEW.failed_rows        := ledger.failed;
        NEW.skipped_rows       := ledger.skipped;
        NEW.updated_rows       := ledger.updated;
        NEW.last_processed_row := coalesce(ledger.last_row, NEW.last_processed_row);
        NEW.events             := ledger.events;
        NEW.events_published   := ledger.events_published;
        NEW.last_loaded_at     := ledger.last_loaded_at;
      END IF;
    EXCEPTION WHEN insufficient_privilege OR undefined_function OR undefined_table THEN
      NULL;
    END;
  END IF;

  -- The times are counted by one clock.
  IF OLD.status = 'running' THEN
    -- A process that died worked until it last reported progress, not until another one noticed.
    NEW.ran := OLD.ran + greatest(
      CASE WHEN NEW.owner IS DISTINCT FROM OLD.owner THEN OLD.updated_at ELSE now() END - OLD.phase_at,
      interval '0');
  ELSIF OLD.status = 'pending' AND OLD.queued_at IS NOT NULL THEN
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
