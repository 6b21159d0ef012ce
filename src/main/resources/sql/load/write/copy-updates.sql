COPY backfill_updates (job_id, chunk_no, source_row, session_id) FROM STDIN
