-- How often reading the object began and ended with its process.
ALTER TABLE backfill_inbox_objects ADD COLUMN IF NOT EXISTS attempts integer NOT NULL DEFAULT 0;
