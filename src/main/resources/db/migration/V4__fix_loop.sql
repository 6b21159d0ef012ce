-- The fix loop: a job may be made of another one's rejects.
ALTER TABLE backfill_jobs
  ADD COLUMN IF NOT EXISTS parent_job_id uuid REFERENCES backfill_jobs (id) ON DELETE SET NULL;
CREATE INDEX IF NOT EXISTS backfill_jobs_parent_idx ON backfill_jobs (parent_job_id)
  WHERE parent_job_id IS NOT NULL;

-- Where the rows of such a job come from: for each of them, the reject of its parent that it was,
-- the reject of the parent's parent, and so on. An ordinary job has no line here.
CREATE TABLE backfill_origins (
  job_id          uuid NOT NULL REFERENCES backfill_jobs (id) ON DELETE CASCADE,
  source_row      bigint NOT NULL,
  ancestor_job_id uuid NOT NULL REFERENCES backfill_jobs (id) ON DELETE CASCADE,
  ancestor_row    bigint NOT NULL,
  PRIMARY KEY (job_id, source_row, ancestor_job_id)
);
CREATE INDEX backfill_origins_ancestor_idx ON backfill_origins (ancestor_job_id, ancestor_row);

-- Which of a job's rejects somebody has taken on: a descendant has imported them, or is about to. Not
-- a view, which would keep people from changing the tables of sessions.
CREATE FUNCTION backfill_taken_rejects(ancestor uuid) RETURNS TABLE (ancestor_row bigint, job_id uuid)
  LANGUAGE sql STABLE AS $$
  SELECT origin.ancestor_row, origin.job_id
    FROM backfill_origins AS origin
    JOIN backfill_jobs AS job ON job.id = origin.job_id
   WHERE origin.ancestor_job_id = ancestor
     AND (job.status IN ('pending', 'running', 'paused')
          OR EXISTS (
            SELECT FROM kintell_sessions AS session
             WHERE session.job_id = origin.job_id AND session.source_row = origin.source_row))
$$;

-- Dry runs are jobs that import nothing. They are removed when their report is made, and are never
-- told of.
ALTER TABLE backfill_jobs ADD COLUMN IF NOT EXISTS dry_run boolean NOT NULL DEFAULT false;
CREATE INDEX IF NOT EXISTS backfill_jobs_dry_run_idx ON backfill_jobs (owner) WHERE dry_run;

CREATE FUNCTION backfill_forget_milestones() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.milestones := '{}';
  RETURN NEW;
END $$;

-- Triggers fire in the order of their names: this one after that which notes milestones.
CREATE TRIGGER backfill_jobs_no_milestone BEFORE UPDATE OF status ON backfill_jobs
  FOR EACH ROW
  WHEN (NEW.dry_run)
  EXECUTE FUNCTION backfill_forget_milestones();

-- What dry runs find out. Not worth its write-ahead log: a crash ends the dry run anyway. Without
-- foreign keys, whose checks would cost more than the rest.

-- The ids that a dry run has given away, so that a repeat in a later chunk is known for one.
CREATE UNLOGGED TABLE backfill_dry_run_sessions (
  job_id              uuid NOT NULL,
  external_session_id text NOT NULL,
  PRIMARY KEY (job_id, external_session_id)
);

CREATE UNLOGGED TABLE backfill_dry_run_faults (
  job_id     uuid NOT NULL,
  cause      text NOT NULL,
  source_row bigint NOT NULL,
  -- All that is wrong with the row for this cause.
  message    text NOT NULL,
  -- The address that is no user's, where that is the cause.
  email      text,
  -- Of a duplicate, whether the session is in the database; else an earlier row has its id.
  stored     boolean,
  PRIMARY KEY (job_id, cause, source_row)
);
