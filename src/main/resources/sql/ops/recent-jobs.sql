-- Without file names, which may contain names of people.
SELECT id, status, requested, queued_at IS NOT NULL AS queued, total_rows, processed_rows, successful_rows,
       failed_rows, created_at, started_at, completed_at, updated_at
  FROM backfill_jobs
 ORDER BY created_at DESC
 LIMIT 50
