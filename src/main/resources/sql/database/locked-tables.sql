-- The tables for whose lock a statement of the service has waited for two seconds, each with the session that holds
-- it. The table of jobs is not among them: DatabaseProbe tries to read it.
SELECT DISTINCT ON (locked.relname)
       locked.relname AS name,
       waiter.pid AS waiter,
       coalesce(blocker.pid, 0) AS blocker,
       coalesce(nullif(blocker.application_name, ''), 'unnamed') AS application,
       blocker.usename,
       coalesce(blocker.state, 'state unknown') AS state,
       CAST(extract(epoch FROM clock_timestamp() - coalesce(blocker.xact_start, lock.waitstart)) AS bigint) AS seconds
  FROM pg_locks AS lock
  JOIN pg_class AS locked ON locked.oid = lock.relation
  JOIN pg_stat_activity AS waiter ON waiter.pid = lock.pid
  LEFT JOIN LATERAL (
    SELECT other.*
      FROM unnest(pg_blocking_pids(waiter.pid)) AS by (pid)
      JOIN pg_stat_activity AS other ON other.pid = by.pid
     ORDER BY other.application_name = waiter.application_name, other.xact_start
     LIMIT 1) AS blocker ON true
 WHERE NOT lock.granted
   AND lock.waitstart < clock_timestamp() - interval '2 seconds'
   AND lock.relation IN (to_regclass('backfill_chunks'), to_regclass('backfill_nodes'))
   AND waiter.datname = current_database()
   AND waiter.application_name = current_setting('application_name')
 ORDER BY locked.relname, blocker.pid IS NULL, blocker.application_name = waiter.application_name, lock.waitstart
