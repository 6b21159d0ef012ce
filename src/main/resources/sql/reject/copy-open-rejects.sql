-- Like copy-error-file, for the listed rejects.
COPY (SELECT reject.source_row, raw, raw_offset, raw_length, message
        FROM open_rejects AS open
        JOIN backfill_rejects AS reject ON reject.job_id = :jobId AND reject.source_row = open.source_row
       ORDER BY open.place)
TO STDOUT (FORMAT binary)
