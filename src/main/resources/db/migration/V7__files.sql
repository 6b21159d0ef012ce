-- How files come in, and how long they are kept.
ALTER TABLE backfill_jobs
  -- What the file was read as. The stored file and the rejects are UTF-8, whatever this is.
  ADD COLUMN IF NOT EXISTS charset text NOT NULL DEFAULT 'UTF-8',
  -- By which a client recognises its own request; and what the first one was answered, word by word.
  ADD COLUMN IF NOT EXISTS idempotency_key text,
  ADD COLUMN IF NOT EXISTS answer_status integer,
  ADD COLUMN IF NOT EXISTS answer text,
  -- When the stored file and the rejects were removed, because the job was over long enough.
  ADD COLUMN IF NOT EXISTS purged_at timestamptz;

-- Whoever is second with a key waits here for the first to commit.
CREATE UNIQUE INDEX IF NOT EXISTS backfill_jobs_idempotency_key_idx
  ON backfill_jobs (idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE INDEX IF NOT EXISTS backfill_jobs_unpurged_idx ON backfill_jobs (coalesce(completed_at, updated_at))
  WHERE purged_at IS NULL;
