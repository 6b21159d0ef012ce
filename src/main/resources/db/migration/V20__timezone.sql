-- The time zone (IANA name) of dates without an offset; NULL where such a date is a reject.
ALTER TABLE backfill_jobs ADD COLUMN IF NOT EXISTS timezone text;
