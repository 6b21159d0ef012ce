SELECT fault.cause, fault.rows, first.source_row, first.message
  FROM (SELECT cause, count(*) AS rows
          FROM backfill_dry_run_faults
         WHERE job_id = :jobId
         GROUP BY cause) AS fault,
       LATERAL (SELECT source_row, message
                  FROM backfill_dry_run_faults
                 WHERE job_id = :jobId AND cause = fault.cause
                 ORDER BY source_row
                 LIMIT :first) AS first
 ORDER BY fault.rows DESC, fault.cause, first.source_row
