-- Whether the foreign keys of the real table would fail.
SELECT EXISTS (
  SELECT FROM (SELECT participant_id AS id FROM tried_sessions
                UNION
               SELECT volunteer_id FROM tried_sessions) AS needed
   WHERE NOT EXISTS (SELECT FROM users WHERE users.id = needed.id))
