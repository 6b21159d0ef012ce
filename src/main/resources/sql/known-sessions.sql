SELECT external_session_id FROM kintell_sessions WHERE external_session_id = ANY (?)
