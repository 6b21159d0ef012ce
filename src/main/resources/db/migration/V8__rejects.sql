-- A foreign key looks the job up once for each reject, a million times for a file that is imported
-- again: a third of all that PostgreSQL does then. Rejects are only written by whoever holds their
-- chunk's line locked, which belongs to the job; so all that the key has to do is to remove them with it.
ALTER TABLE backfill_rejects DROP CONSTRAINT IF EXISTS backfill_rejects_job_id_fkey;

-- After the foreign key of the chunks, at which a deletion waits for a chunk that is being written:
-- triggers of a statement fire after those of its rows.
CREATE FUNCTION backfill_remove_rejects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM backfill_rejects AS reject USING gone WHERE reject.job_id = gone.id;
  RETURN NULL;
END $$;

CREATE TRIGGER backfill_jobs_removed AFTER DELETE ON backfill_jobs
  REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT
  EXECUTE FUNCTION backfill_remove_rejects();

-- Not TRUNCATE, which refuses a table that the same statement names.
CREATE FUNCTION backfill_remove_all_rejects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM backfill_rejects;
  RETURN NULL;
END $$;

CREATE TRIGGER backfill_jobs_truncated AFTER TRUNCATE ON backfill_jobs
  FOR EACH STATEMENT
  EXECUTE FUNCTION backfill_remove_all_rejects();
