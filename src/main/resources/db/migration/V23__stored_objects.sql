-- The ETags of a job's file and of its rows set aside, where they are objects of a store: each chunk is
-- read on the condition that they are still those that were indexed. NULL for files in a folder.
ALTER TABLE backfill_jobs
  ADD COLUMN IF NOT EXISTS file_etag  text,
  ADD COLUMN IF NOT EXISTS aside_etag text;
