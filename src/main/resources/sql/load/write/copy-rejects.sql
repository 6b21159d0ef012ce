COPY backfill_rejects
  (job_id, source_row, chunk_no, raw, raw_offset, raw_length, causes, message)
FROM STDIN (FORMAT binary)
