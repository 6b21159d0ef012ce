-- All rejects of a job in row order. A row that is not stored in the database has no bytes.
COPY (SELECT source_row, raw, raw_offset, raw_length, message
        FROM backfill_rejects
       WHERE job_id = :jobId
       ORDER BY source_row)
TO STDOUT (FORMAT binary)
