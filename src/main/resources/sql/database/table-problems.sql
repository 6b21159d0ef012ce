-- Problems that prevent the service from working with the existing tables, a line each: fault and remedy. The
-- tables need not exist.
WITH wanted (place, relation, name, is_text, required) AS (
  VALUES (1, to_regclass('users'),             'id',                  false, true),
         (2, to_regclass('users'),             'email',               true,  true),
         (3, to_regclass('kintell_sessions'),  'id',                  false, true),
         (4, to_regclass('kintell_sessions'),  'external_session_id', true,  true),
         (5, to_regclass('kintell_sessions'),  'session_type',        NULL,  true),
         (6, to_regclass('kintell_sessions'),  'participant_id',      false, true),
         (7, to_regclass('kintell_sessions'),  'volunteer_id',        false, true),
         (8, to_regclass('kintell_sessions'),  'scheduled_at',        NULL,  true),
         (9, to_regclass('kintell_sessions'),  'completed_at',        NULL,  true),
         (10, to_regclass('kintell_sessions'), 'duration_minutes',    NULL,  true),
         (11, to_regclass('kintell_sessions'), 'rating',              NULL,  false),
         (12, to_regclass('kintell_sessions'), 'feedback_text',       NULL,  false),
         (13, to_regclass('kintell_sessions'), 'language_level',      NULL,  false),
         (14, to_regclass('kintell_sessions'), 'job_id',              false, false),
         (15, to_regclass('kintell_sessions'), 'source_row',          NULL,  false),
         (16, to_regclass('backfill_jobs'),    'id',                  false, true)),
sessions AS (
  SELECT oid, relkind, relowner,
         EXISTS (SELECT FROM pg_index
                  JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
                 WHERE indrelid = pg_class.oid AND attname = 'external_session_id' AND indnkeyatts = 1
                   AND indisunique AND indimmediate AND indisvalid AND indpred IS NULL) AS has_key,
         (SELECT string_agg(attname, ', ' ORDER BY attnum)
            FROM pg_partitioned_table JOIN pg_attribute ON attrelid = partrelid AND attnum = ANY (partattrs)
           WHERE partrelid = pg_class.oid) AS partitioned_by
    FROM pg_class
   WHERE oid = to_regclass('kintell_sessions')),
problem (place, text) AS (
  SELECT -2, format('Its encoding is %s; the service needs UTF8. Create a database with ENCODING ''UTF8''',
                    current_setting('server_encoding'))
   WHERE current_setting('server_encoding') <> 'UTF8'
   UNION ALL
  SELECT -1, format('No schema of search_path (%s) can be used by %s. Set another search_path, or GRANT USAGE',
                    current_setting('search_path'), current_user)
   WHERE current_schema() IS NULL
   UNION ALL
  SELECT 0, format('kintell_sessions is a %s; the service needs a table. Rename it',
                   CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END)
    FROM sessions
   WHERE relkind NOT IN ('r', 'p')
   UNION ALL
  SELECT place,
         CASE
           WHEN attnum IS NULL
             THEN format('%s.%s is missing. Add the column as %s, the owner', relation, name,
                         pg_get_userbyid(relowner))
           WHEN is_text
             THEN format('%s.%s is of type %s; the service needs text, varchar, char or citext. Change the type, or rename the table',
                         relation, name, format_type(base, NULL))
           ELSE format('%s.%s is of type %s; the service needs uuid. Change the type, or rename the table',
                       relation, name, format_type(base, NULL))
         END
    FROM wanted
    JOIN pg_class ON pg_class.oid = relation
    LEFT JOIN LATERAL (
      SELECT attnum, CASE typtype WHEN 'd' THEN typbasetype ELSE pg_type.oid END AS base
        FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
       WHERE attrelid = relation AND attname = name AND NOT attisdropped) AS found ON true
   WHERE CASE
           WHEN attnum IS NULL THEN required OR NOT pg_has_role(relowner, 'USAGE')
           WHEN is_text THEN base::regtype <> ALL ('{text,varchar,bpchar}'::regtype[])
                             AND base IS DISTINCT FROM to_regtype('citext')::oid
           WHEN NOT is_text THEN base <> 'uuid'::regtype
           ELSE false
         END
   UNION ALL
  SELECT 20, format('kintell_sessions is partitioned by %s, so kintell_sessions.external_session_id cannot be unique.'
                    ' Partition it by external_session_id alone, or use a table without partitions',
                    coalesce(partitioned_by, 'an expression'))
    FROM sessions
   WHERE relkind = 'p' AND NOT has_key AND partitioned_by IS DISTINCT FROM 'external_session_id'
   UNION ALL
  SELECT 21, format('kintell_sessions.external_session_id has no unique index. Run as %s: CREATE UNIQUE INDEX ON kintell_sessions (external_session_id)',
                    pg_get_userbyid(relowner))
    FROM sessions
   WHERE NOT has_key AND NOT pg_has_role(relowner, 'USAGE')
   UNION ALL
  SELECT 22, format('%s may not %s %s. Run: GRANT %2$s ON %3$s TO %4$I',
                    current_user, needed.privilege, needed.relation, current_user)
    FROM (VALUES (to_regclass('users'), 'SELECT'),
                 (to_regclass('kintell_sessions'), 'SELECT'),
                 (to_regclass('kintell_sessions'), 'INSERT'),
                 (to_regclass('kintell_sessions'), 'UPDATE'),
                 (to_regclass('kintell_sessions'), 'DELETE')) AS needed (relation, privilege)
   WHERE needed.relation IS NOT NULL
     AND NOT CASE WHEN needed.relation = to_regclass('users')
                  THEN NOT EXISTS (SELECT FROM pg_attribute
                                    WHERE attrelid = needed.relation AND attname IN ('id', 'email')
                                      AND NOT has_column_privilege(attrelid, attnum, 'SELECT'))
                  ELSE has_table_privilege(needed.relation, needed.privilege) END
   UNION ALL
  SELECT 23, format('Row-level security of %s hides rows from %s. Run: ALTER ROLE %2$I BYPASSRLS',
                    secured.relation, current_user)
    FROM (VALUES (to_regclass('users')), (to_regclass('kintell_sessions'))) AS secured (relation)
   WHERE secured.relation IS NOT NULL AND row_security_active(secured.relation))
SELECT text FROM problem ORDER BY place
