SELECT 'version' AS fact, current_setting('server_version') AS value
UNION ALL
SELECT 'size of the database', pg_size_pretty(pg_database_size(current_database()))
UNION ALL
SELECT 'size of ' || name, pg_size_pretty(pg_total_relation_size(to_regclass(name)))
  FROM unnest(ARRAY['users', 'kintell_sessions', 'backfill_jobs', 'backfill_chunks', 'backfill_rejects']) AS name
UNION ALL
SELECT name, setting || coalesce(unit, '')
  FROM pg_settings
 WHERE name IN ('default_transaction_read_only', 'fsync', 'idle_session_timeout', 'lock_timeout',
                'max_connections', 'max_wal_size', 'server_encoding', 'shared_buffers',
                'statement_timeout', 'synchronous_commit', 'transaction_read_only')
