-- The type of the sessions' ids, without its length: a cast with a length would cut longer ids.
SELECT format('%I.%I', namespace.nspname, base.typname)
  FROM pg_attribute AS found
  JOIN pg_type AS type ON type.oid = found.atttypid
  JOIN pg_type AS base ON base.oid = CASE type.typtype WHEN 'd' THEN type.typbasetype ELSE type.oid END
  JOIN pg_namespace AS namespace ON namespace.oid = base.typnamespace
 WHERE found.attrelid = 'kintell_sessions'::regclass AND found.attname = 'external_session_id'
