SELECT kind.stored, kind.rows, first.source_row
  FROM (SELECT stored, count(*) AS rows
          FROM backfill_dry_run_faults
         WHERE job_id = :jobId AND cause = 'duplicate-session-id'
         GROUP BY stored) AS kind,
       LATERAL (SELECT source_row
                  FROM backfill_dry_run_faults
                 WHERE job_id = :jobId AND cause = 'duplicate-session-id' AND stored = kind.stored
                 ORDER BY source_row
                 LIMIT :first) AS first
 ORDER BY kind.stored, first.source_row
