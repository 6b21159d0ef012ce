-- The processes that share this database. A process that is no longer seen loses its line, and with it
-- the chunks, jobs and events that it had taken.
CREATE TABLE backfill_nodes (
  -- Also the number of its advisory lock, which the server takes from it when it dies.
  number      bigint PRIMARY KEY,
  -- For people: several lines may have the same.
  name        text NOT NULL,
  version     text NOT NULL,
  -- What identifies its data folder: processes load each other's jobs only where they share it.
  folder      uuid NOT NULL,
  loaders     integer NOT NULL,
  -- It is stopping and takes no more chunks.
  draining    boolean NOT NULL DEFAULT false,
  started_at  timestamptz NOT NULL DEFAULT now(),
  seen_at     timestamptz NOT NULL DEFAULT now(),
  -- From then on it may say of others that they are gone: after an outage that it shared with them
  -- they need time to show up.
  judges_from timestamptz NOT NULL
);

-- The ledger is the queue of chunks: a pending chunk with a loader is being loaded by that process. The
-- loader and the number of its attempt together are what its transaction is checked against.
ALTER TABLE backfill_chunks RENAME COLUMN begun TO attempts;
ALTER TABLE backfill_chunks RENAME COLUMN begun_by TO loader;
ALTER TABLE backfill_chunks
  ADD COLUMN claimed_at timestamptz,
  -- Of a tail chunk: it waits for those before it in its lane only. Rows with the same session_id are in
  -- the same lane.
  ADD COLUMN lane       smallint NOT NULL DEFAULT 0,
  -- Whether it met ids of existing sessions: the next chunks of its job then look theirs up before they write.
  ADD COLUMN duplicates boolean NOT NULL DEFAULT false,
  -- The names of those processes, for people.
  ADD COLUMN tried_by   text[] NOT NULL DEFAULT '{}';

CREATE INDEX backfill_chunks_duplicates_idx ON backfill_chunks (job_id) WHERE duplicates;
CREATE INDEX backfill_chunks_free_idx ON backfill_chunks (job_id, tail, chunk_no)
  WHERE state = 'pending' AND loader IS NULL;
CREATE INDEX backfill_chunks_taken_idx ON backfill_chunks (job_id, chunk_no)
  WHERE state = 'pending' AND loader IS NOT NULL;

-- Events whose publisher is no process (0) were begun by one that is gone.
COMMENT ON COLUMN backfill_chunks.publisher IS 'The process that publishes or published the events; 0: one that is gone';
CREATE INDEX backfill_chunks_published_by_idx ON backfill_chunks (publisher)
  WHERE state = 'loaded' AND published_at IS NULL AND publisher > 0;
CREATE INDEX backfill_retractions_published_by_idx ON backfill_retractions (publisher) WHERE publisher > 0;
UPDATE backfill_chunks SET publisher = 0 WHERE state = 'loaded' AND published_at IS NULL AND publisher IS NOT NULL;
UPDATE backfill_retractions SET publisher = NULL WHERE publisher IS NOT NULL;
UPDATE backfill_chunks SET attempts = 0, loader = NULL WHERE state = 'pending' AND loader IS NOT NULL;

-- Nobody looks an owner up by its lock any more: its line in backfill_nodes says whether it is there.
DROP FUNCTION backfill_is_alive;

-- Whatever is noted of a job may be work for a process: all of them are notified.
CREATE FUNCTION backfill_notify() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  NOTIFY backfill_work;
  RETURN NULL;
END $$;
CREATE TRIGGER backfill_trail_noted AFTER INSERT ON backfill_trail
  FOR EACH STATEMENT EXECUTE FUNCTION backfill_notify();
