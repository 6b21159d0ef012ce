-- Like dry-run-emails, without a limit. COPY takes no parameters, so the job is a setting.
COPY (
  SELECT min(email) AS email,
         count(DISTINCT source_row) AS rows,
         concat_ws(' ', CASE WHEN bool_or(cause = 'participant-not-found') THEN 'participant' END,
                        CASE WHEN bool_or(cause = 'volunteer-not-found') THEN 'volunteer' END) AS roles
    FROM backfill_dry_run_faults
   WHERE job_id = current_setting('backfill.dry_run')::uuid AND email IS NOT NULL
   GROUP BY lower(email)
   ORDER BY rows DESC, lower(email)
) TO STDOUT (FORMAT csv, HEADER, ENCODING 'UTF8')
