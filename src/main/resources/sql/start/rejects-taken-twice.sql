SELECT count(*)
  FROM backfill_origins AS own
  JOIN backfill_taken_rejects(:parentJobId) AS other ON other.ancestor_row = own.ancestor_row
 WHERE own.job_id = :id AND own.ancestor_job_id = :parentJobId AND other.job_id <> own.job_id
