-- Addresses that differ only in case count as one.
SELECT min(email) AS email,
       count(DISTINCT source_row) AS rows,
       bool_or(cause = 'participant-not-found') AS participant,
       bool_or(cause = 'volunteer-not-found') AS volunteer,
       count(*) OVER () AS emails
  FROM backfill_dry_run_faults
 WHERE job_id = :jobId AND email IS NOT NULL
 GROUP BY lower(email)
 ORDER BY rows DESC, lower(email)
 LIMIT :limit
