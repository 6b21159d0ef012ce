-- What was asked of a running job and is not reached yet. Any process may ask; whoever runs the job
-- heeds it at the next chunk boundary.
ALTER TABLE backfill_jobs
  ADD COLUMN IF NOT EXISTS requested    text CHECK (requested IN ('pause', 'cancel')),
  ADD COLUMN IF NOT EXISTS requested_at timestamptz;

-- The arrows that org.kintell.backfill.job.JobTransition explains, and none else; for operators and
-- for programs alike. A status that this service does not know, left by an older one, may become any.
CREATE FUNCTION backfill_check_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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
  -- Whatever was asked of the job while it ran is reached, or has come too late.
  IF NEW.status <> 'running' THEN
    NEW.requested := NULL;
    NEW.requested_at := NULL;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER backfill_jobs_transition BEFORE UPDATE OF status ON backfill_jobs
  FOR EACH ROW
  WHEN (NEW.status IS DISTINCT FROM OLD.status)
  EXECUTE FUNCTION backfill_check_transition();

-- The error budget: beyond it the job pauses by itself. Spent once it did, until a new one is given.
ALTER TABLE backfill_jobs
  ADD COLUMN IF NOT EXISTS max_errors     bigint CHECK (max_errors >= 0),
  ADD COLUMN IF NOT EXISTS max_error_rate numeric CHECK (max_error_rate BETWEEN 0 AND 1),
  ADD COLUMN IF NOT EXISTS budget_spent   boolean NOT NULL DEFAULT false;

-- What becomes of a row whose session exists: one of kintell_sessions, or of an earlier row.
ALTER TABLE backfill_jobs
  ADD COLUMN IF NOT EXISTS on_duplicate text NOT NULL DEFAULT 'reject'
    CHECK (on_duplicate IN ('reject', 'skip', 'update')),
  ADD COLUMN IF NOT EXISTS skipped_rows bigint NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS updated_rows bigint NOT NULL DEFAULT 0;

ALTER TABLE backfill_chunks
  ADD COLUMN skipped integer NOT NULL DEFAULT 0,
  ADD COLUMN updated integer NOT NULL DEFAULT 0,
  -- The rule that V1 left unnamed: successful + failed = row_count.
  DROP CONSTRAINT backfill_chunks_check,
  ADD CONSTRAINT backfill_chunks_whole
    CHECK (state = 'pending' OR successful + failed + skipped + updated = row_count);

-- Which session a row updated. The session keeps the job and the row that created it.
CREATE TABLE backfill_updates (
  job_id     uuid NOT NULL REFERENCES backfill_jobs (id) ON DELETE CASCADE,
  chunk_no   integer NOT NULL,
  source_row bigint NOT NULL,
  session_id uuid NOT NULL,
  -- A chunk's updates are read together, when its events are read back.
  PRIMARY KEY (job_id, chunk_no, source_row)
);
CREATE INDEX backfill_updates_session_idx ON backfill_updates (session_id);

-- What a rollback took back of a chunk; set in the statement that deletes the sessions.
ALTER TABLE backfill_chunks
  ADD COLUMN removed        integer NOT NULL DEFAULT 0,
  -- Of those removed, the ones whose events had gone out.
  ADD COLUMN retracted      integer NOT NULL DEFAULT 0,
  ADD COLUMN rolled_back_at timestamptz;

-- Sessions that were told of and are gone, until that is told as well.
CREATE TABLE backfill_retractions (
  job_id              uuid NOT NULL REFERENCES backfill_jobs (id) ON DELETE CASCADE,
  session_id          uuid NOT NULL,
  external_session_id text NOT NULL,
  retracted_at        timestamptz NOT NULL DEFAULT now(),
  -- Later where the chunk's own events may still be on their way: they must come first.
  not_before          timestamptz NOT NULL DEFAULT now(),
  -- As for a chunk: who publishes it, and the stream's last sequence before it was first sent.
  publisher           bigint,
  publish_from        bigint,
  PRIMARY KEY (job_id, session_id)
);
