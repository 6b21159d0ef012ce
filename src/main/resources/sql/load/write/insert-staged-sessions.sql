INSERT INTO kintell_sessions
  (id, external_session_id, session_type, participant_id, volunteer_id, job_id, source_row,
   scheduled_at, completed_at, duration_minutes, rating, feedback_text, language_level)
SELECT id, external_session_id, session_type, participant_id, volunteer_id, job_id, source_row,
       scheduled_at, completed_at, duration_minutes, rating, feedback_text, language_level
  FROM staged_sessions
 WHERE source_row BETWEEN :first AND :last
 ORDER BY source_row
    ON CONFLICT (external_session_id) DO NOTHING
RETURNING source_row
