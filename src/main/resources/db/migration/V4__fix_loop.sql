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

-- Which of a job's rejects somebody has taken on: a descendant has imported them, or is about to.
CREATE VIEW backfill_taken_rejects AS
SELECT origin.ancestor_job_id, origin.ancestor_row, origin.job_id
  FROM backfill_origins AS origin
  JOIN backfill_jobs AS job ON job.id = origin.job_id
 WHERE job.status IN ('pending', 'running', 'paused')
    OR EXISTS (
      SELECT FROM kintell_sessions AS session
       WHERE session.job_id = origin.job_id AND session.source_row = origin.source_row);
