COPY kintell_sessions
  (id, external_session_id, session_type, participant_id, volunteer_id, job_id, source_row,
   scheduled_at, completed_at, duration_minutes, rating, feedback_text, language_level)
FROM STDIN (FORMAT binary)
