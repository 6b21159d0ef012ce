-- Without the statements, which may hold values.
SELECT pid, application_name, backend_type, state, wait_event_type, wait_event,
       CAST(extract(epoch FROM clock_timestamp() - xact_start) AS integer) AS transaction_seconds,
       pg_blocking_pids(pid) AS blocked_by
  FROM pg_stat_activity
 WHERE datname = current_database()
 ORDER BY pid
