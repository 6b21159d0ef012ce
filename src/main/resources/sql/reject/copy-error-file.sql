-- All rejects of a job, as its error file has them. Of a row that is not kept here there are no bytes.
COPY (SELECT source_row, raw, raw_offset, raw_length, message
        FROM backfill_rejects
       WHERE job_id = :jobId
       ORDER BY source_row)
TO STDOUT (FORMAT binary)
