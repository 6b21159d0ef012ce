-- The sessions of a loaded chunk that are still there; one row of nothing when there are none.
SELECT chunk.loaded_at, session.*
  FROM backfill_chunks AS chunk
  LEFT JOIN LATERAL (
    SELECT main.*
      FROM kintell_sessions AS main
     WHERE NOT chunk.tail
       AND main.job_id = chunk.job_id
       AND main.source_row BETWEEN chunk.first_row AND chunk.first_row + chunk.row_span - 1
       AND main.source_row <> ALL (chunk.aside_rows)
    UNION ALL
    SELECT tail.*
      FROM unnest(chunk.aside_rows) AS aside (source_row)
      JOIN kintell_sessions AS tail
        ON tail.job_id = chunk.job_id AND tail.source_row = aside.source_row
     WHERE chunk.tail) AS session ON true
 WHERE chunk.job_id = :jobId AND chunk.chunk_no = :chunkNo
 ORDER BY session.source_row
