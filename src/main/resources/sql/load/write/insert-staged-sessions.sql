INSERT INTO kintell_sessions (${columns})
SELECT ${columns}
  FROM staged_sessions
 WHERE source_row BETWEEN :first AND :last
 ORDER BY source_row
    ON CONFLICT (external_session_id) DO NOTHING
RETURNING source_row
