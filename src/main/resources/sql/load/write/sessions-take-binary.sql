-- Whether each column that COPY fills is of a type whose binary form is the one that is sent.
SELECT NOT EXISTS (
  SELECT
    FROM (VALUES ('id',                  '{uuid}'::regtype[]),
                 ('external_session_id', '{text,varchar}'),
                 ('session_type',        '{text,varchar}'),
                 ('participant_id',      '{uuid}'),
                 ('volunteer_id',        '{uuid}'),
                 ('job_id',              '{uuid}'),
                 ('source_row',          '{bigint}'),
                 ('scheduled_at',        '{timestamptz}'),
                 ('completed_at',        '{timestamptz}'),
                 ('duration_minutes',    '{integer}'),
                 ('rating',              '{numeric}'),
                 ('feedback_text',       '{text,varchar}'),
                 ('language_level',      '{text,varchar}')) AS sent (name, types)
    LEFT JOIN pg_attribute AS found
      ON found.attrelid = 'kintell_sessions'::regclass
     AND found.attname = sent.name
     AND NOT found.attisdropped
   WHERE found.atttypid IS NULL OR found.atttypid::regtype <> ALL (sent.types))
