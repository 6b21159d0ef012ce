-- The waits of the service's own statements, the longest first: for a lock of another session, or for the
-- database itself. A process of PostgreSQL that holds no lock and runs nothing long is not shown.
SELECT waiter.pid AS waiter,
       coalesce(blocker.pid, 0) AS blocker,
       coalesce(nullif(blocker.application_name, ''), 'unnamed') AS application,
       blocker.usename,
       coalesce(blocker.state, 'state unknown') AS state,
       coalesce(waiter.wait_event_type || ' ' || waiter.wait_event, 'working') AS wait,
       CAST(extract(epoch FROM clock_timestamp() - coalesce(blocker.xact_start, waiter.query_start)) AS bigint) AS seconds
  FROM pg_stat_activity AS waiter
  LEFT JOIN LATERAL (
    SELECT other.*
      FROM unnest(pg_blocking_pids(waiter.pid)) AS by (pid)
      JOIN pg_stat_activity AS other ON other.pid = by.pid
     ORDER BY other.application_name = waiter.application_name, other.xact_start
     LIMIT 1) AS blocker ON waiter.wait_event_type = 'Lock'
 WHERE waiter.datname = current_database()
   AND waiter.application_name = current_setting('application_name')
   AND waiter.state = 'active'
   AND waiter.pid <> pg_backend_pid()
   AND (blocker.pid IS NOT NULL OR waiter.query_start < clock_timestamp() - interval '5 seconds')
 ORDER BY blocker.pid IS NULL, blocker.application_name = waiter.application_name, seconds DESC
 LIMIT 1
