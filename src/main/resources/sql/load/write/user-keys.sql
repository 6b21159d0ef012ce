-- The foreign keys by which sessions refer to users, each with its column.
SELECT found.conname, own.attname
  FROM pg_constraint AS found
  JOIN pg_attribute AS own ON own.attrelid = found.conrelid AND own.attnum = ANY (found.conkey)
 WHERE found.contype = 'f' AND found.conrelid = 'kintell_sessions'::regclass AND found.confrelid = 'users'::regclass
