SELECT count(*)
  FROM backfill_origins AS own
  JOIN backfill_taken_rejects AS other
    ON other.ancestor_job_id = own.ancestor_job_id AND other.ancestor_row = own.ancestor_row
 WHERE own.job_id = :id AND own.ancestor_job_id = :parentJobId AND other.job_id <> own.job_id
