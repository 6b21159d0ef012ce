-- Whether each column that COPY fills is of a type whose binary form is the one that is sent.
SELECT NOT EXISTS (
  SELECT
    FROM unnest(?::text[], ?::text[]) AS sent (name, types)
    LEFT JOIN pg_attribute AS found
      ON found.attrelid = 'kintell_sessions'::regclass
     AND found.attname = sent.name
     AND NOT found.attisdropped
   WHERE found.atttypid IS NULL OR found.atttypid::regtype <> ALL (sent.types::regtype[]))
