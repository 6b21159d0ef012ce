-- The objects in the inbox of a bucket that were taken: each version of an object becomes one job. A line
-- goes when its result is in done/ or failed/.
CREATE TABLE IF NOT EXISTS backfill_inbox_objects (
  -- Its address, because several buckets may share a database.
  address  text NOT NULL,
  etag     text NOT NULL,
  job_id   uuid NOT NULL DEFAULT gen_random_uuid(),
  -- The process that makes a job of it, and moves it at the end; any other one if that is gone.
  node     bigint NOT NULL,
  taken_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (address, etag)
);
