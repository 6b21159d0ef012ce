-- The ledger is the outbox: a chunk's events are made from its sessions, and its line says how far
-- they went.
ALTER TABLE backfill_chunks
  -- The process that publishes, or published, the chunk's events; alive as an owner of jobs is.
  ADD COLUMN publisher bigint,
  -- The stream's last sequence before the first of the chunk's events was sent: none can stand
  -- before it. NULL where nothing was sent, or there is no stream.
  ADD COLUMN publish_from bigint;

CREATE INDEX backfill_chunks_unpublished_idx ON backfill_chunks (loaded_at)
  WHERE state = 'loaded' AND published_at IS NULL;

-- What there is to tell about a job and was not told yet, each as <milestone>:<event id>.
ALTER TABLE backfill_jobs ADD COLUMN milestones text[] NOT NULL DEFAULT '{}';

CREATE INDEX backfill_jobs_milestones_idx ON backfill_jobs (id) WHERE milestones <> '{}';

-- In the database, so that a status set by hand is told like any other, in the same commit.
CREATE FUNCTION backfill_note_milestone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.milestones := array_append(
    NEW.milestones,
    CASE NEW.status WHEN 'running' THEN 'started' ELSE NEW.status END || ':' || gen_random_uuid());
  RETURN NEW;
END $$;

CREATE TRIGGER backfill_jobs_milestone BEFORE UPDATE OF status ON backfill_jobs
  FOR EACH ROW
  WHEN (NEW.status IS DISTINCT FROM OLD.status
        AND NEW.status IN ('running', 'completed', 'failed', 'paused'))
  EXECUTE FUNCTION backfill_note_milestone();
