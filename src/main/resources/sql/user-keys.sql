-- The foreign keys by which sessions refer to users.
SELECT conname
  FROM pg_constraint
 WHERE contype = 'f' AND conrelid = 'kintell_sessions'::regclass AND confrelid = 'users'::regclass
