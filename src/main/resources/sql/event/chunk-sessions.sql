-- The remaining sessions of a loaded chunk, then those that its rows updated; a row of NULLs without
-- any.
SELECT chunk.loaded_at, session.updated_by_row, session.id, session.source_row,
       -- As text: a column of type char pads its values.
       session.external_session_id::text, session.session_type::text, session.participant_id,
       session.volunteer_id, session.scheduled_at, session.completed_at, session.duration_minutes,
       session.rating, session.language_level::text
  FROM backfill_chunks AS chunk
  LEFT JOIN LATERAL (
    SELECT NULL::bigint AS updated_by_row, main.*
      FROM kintell_sessions AS main
     WHERE NOT chunk.tail
       AND main.job_id = chunk.job_id
       AND main.source_row BETWEEN chunk.first_row AND chunk.first_row + chunk.row_span - 1
       AND main.source_row <> ALL (chunk.aside_rows)
    UNION ALL
    SELECT NULL, tail.*
      FROM unnest(chunk.aside_rows) AS aside (source_row)
      JOIN kintell_sessions AS tail
        ON tail.job_id = chunk.job_id AND tail.source_row = aside.source_row
     WHERE chunk.tail
    UNION ALL
    SELECT change.source_row, updated.*
      FROM backfill_updates AS change
      JOIN kintell_sessions AS updated ON updated.id = change.session_id
     WHERE change.job_id = chunk.job_id AND change.chunk_no = chunk.chunk_no) AS session ON true
 WHERE chunk.job_id = :jobId AND chunk.chunk_no = :chunkNo
 ORDER BY session.updated_by_row NULLS FIRST, session.source_row
