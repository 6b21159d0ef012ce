-- Ignores a number that is not a reject of the parent. The reject's origin in the parent's own ancestors is
-- stored already.
WITH origin AS (
  SELECT staged.source_row, staged.parent_row
    FROM staged_origins AS staged
    JOIN backfill_rejects AS reject
      ON reject.job_id = :parentJobId AND reject.source_row = staged.parent_row)
INSERT INTO backfill_origins (job_id, source_row, ancestor_job_id, ancestor_row)
SELECT :id, source_row, :parentJobId, parent_row
  FROM origin
 UNION ALL
SELECT :id, origin.source_row, earlier.ancestor_job_id, earlier.ancestor_row
  FROM origin
  JOIN backfill_origins AS earlier
    ON earlier.job_id = :parentJobId AND earlier.source_row = origin.parent_row
