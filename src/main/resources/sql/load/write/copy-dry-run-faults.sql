COPY backfill_dry_run_faults (job_id, cause, source_row, message, email, stored) FROM STDIN
