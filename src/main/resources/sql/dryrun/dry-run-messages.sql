-- The most frequent messages of each cause, and so the most frequent values. Addresses without a user and
-- repeated ids are listed by themselves.
SELECT cause, message, rows
  FROM (SELECT cause, message, count(*) AS rows,
               row_number() OVER (PARTITION BY cause ORDER BY count(*) DESC, min(source_row)) AS place
          FROM backfill_dry_run_faults
         WHERE job_id = :jobId
           AND cause NOT IN ('participant-not-found', 'volunteer-not-found', 'duplicate-session-id')
         GROUP BY cause, message) AS counted
 WHERE place <= :first
 ORDER BY cause, place
