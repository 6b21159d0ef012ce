-- Compares as the column's own type does, so that its index serves.
SELECT asked.id
  FROM unnest(?::text[]) AS asked (id)
  JOIN kintell_sessions AS session ON session.external_session_id = asked.id::%s
