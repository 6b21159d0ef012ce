-- Why the foreign keys from sessions to users are checked row by row; no row if they can be checked by chunk:
-- if those two keys are all that an INSERT fires, and this role may lock users and switch triggers off.
-- Deferrable constraints are triggers as well.
WITH own AS (
  SELECT * FROM pg_class WHERE oid = 'kintell_sessions'::regclass),
users AS (
  SELECT * FROM pg_class WHERE oid = 'users'::regclass),
key AS (
  SELECT found.oid, referring.attname
    FROM pg_constraint AS found
    JOIN pg_attribute AS referring
      ON referring.attrelid = found.conrelid AND referring.attnum = found.conkey[1]
    JOIN pg_attribute AS referred
      ON referred.attrelid = found.confrelid AND referred.attnum = found.confkey[1]
   WHERE found.conrelid = (SELECT oid FROM own)
     AND found.confrelid = (SELECT oid FROM users)
     AND found.contype = 'f'
     AND NOT found.condeferrable
     AND cardinality(found.conkey) = 1
     AND referring.attname IN ('participant_id', 'volunteer_id')
     AND referred.attname = 'id'),
fired AS (
  SELECT fires.tgname, key.attname, key.oid IS NOT NULL AND fires.tgenabled = 'O' AS is_check
    FROM pg_trigger AS fires
    LEFT JOIN key ON key.oid = fires.tgconstraint
   WHERE fires.tgrelid = (SELECT oid FROM own)
     -- For an INSERT.
     AND fires.tgtype & 4 <> 0
     AND fires.tgenabled <> 'D'),
obstacle (place, text) AS (
  SELECT 1, 'kintell_sessions is not a plain table'
    FROM own
   WHERE relkind <> 'r'
   UNION ALL
  SELECT 2, format('kintell_sessions has the rule %s', min(rulename))
    FROM pg_rewrite
   WHERE ev_class = (SELECT oid FROM own)
  HAVING count(*) > 0
   UNION ALL
  SELECT 3, format('kintell_sessions has the trigger %s', min(tgname))
    FROM fired
   WHERE NOT is_check
  HAVING count(*) > 0
   UNION ALL
  SELECT 4, 'kintell_sessions lacks an enabled foreign key to users(id)'
    FROM fired
   WHERE is_check
  HAVING count(DISTINCT attname) < 2
   UNION ALL
  SELECT 5, 'users is not a plain table'
    FROM users
   WHERE relkind <> 'r'
   UNION ALL
  SELECT 6, 'users has row-level security'
    FROM users
   WHERE relrowsecurity
   UNION ALL
  SELECT 7, format('%s may not lock users: it has UPDATE on no column', current_user)
   WHERE NOT has_any_column_privilege('users', 'UPDATE')
   UNION ALL
  SELECT 8, format('%s may not SET session_replication_role', current_user)
   WHERE NOT ${may_set}
   UNION ALL
  SELECT 9, format('session_replication_role is %s', current_setting('session_replication_role'))
   WHERE current_setting('session_replication_role') <> 'origin')
SELECT text FROM obstacle ORDER BY place LIMIT 1
