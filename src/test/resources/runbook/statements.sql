-- The statements of the operators' document, unchanged. Each begins behind a line with its name.

-- name: count-users
SELECT COUNT(*) FROM users;

-- name: count-user
SELECT COUNT(*) FROM users WHERE email='john@example.com';

-- name: now
SELECT NOW();

-- name: active-jobs
SELECT id, file_name, status, processed_rows, total_rows,
       ROUND((processed_rows::float / total_rows * 100), 2) as percent_complete
FROM backfill_jobs
WHERE status IN ('pending', 'running')
ORDER BY created_at DESC;

-- name: job-history
SELECT
  id,
  file_name,
  status,
  total_rows,
  successful_rows,
  failed_rows,
  created_at,
  completed_at
FROM backfill_jobs
ORDER BY created_at DESC
LIMIT 10;

-- name: recent-sessions
SELECT
  id,
  external_session_id,
  session_type,
  created_at
FROM kintell_sessions
ORDER BY created_at DESC
LIMIT 10;

-- name: sessions-by-date
SELECT
  DATE(created_at) as date,
  COUNT(*) as sessions
FROM kintell_sessions
GROUP BY DATE(created_at)
ORDER BY date DESC;

-- name: fail-job
UPDATE backfill_jobs
SET status = 'failed'
WHERE id = 'job-uuid';

-- name: job-after-crash
SELECT id, status, last_processed_row, total_rows
FROM backfill_jobs
WHERE id = 'job-uuid';

-- name: one
SELECT 1;

-- name: count-sessions-to-roll-back
SELECT COUNT(*) FROM kintell_sessions
WHERE created_at >= '2024-01-15 00:00:00'
AND created_at <= '2024-01-15 23:59:59';

-- name: roll-back
DELETE FROM kintell_sessions
WHERE created_at >= '2024-01-15 00:00:00'
AND created_at <= '2024-01-15 23:59:59'
AND external_session_id LIKE 'kintell-%';

-- name: missing-participants
SELECT DISTINCT participant_email
FROM staging_csv_table
WHERE participant_email NOT IN (SELECT email FROM users);

-- name: missing-volunteers
SELECT DISTINCT volunteer_email
FROM staging_csv_table
WHERE volunteer_email NOT IN (SELECT email FROM users);

-- name: create-users
INSERT INTO users (email, name, role)
SELECT email, SPLIT_PART(email, '@', 1), 'participant'
FROM (VALUES
  ('user1@example.com'),
  ('user2@example.com')
) AS emails(email)
ON CONFLICT (email) DO NOTHING;

-- name: daily-summary
SELECT
  DATE(created_at) as date,
  COUNT(*) as total_jobs,
  SUM(successful_rows) as total_success,
  SUM(failed_rows) as total_failures,
  ROUND(AVG(EXTRACT(EPOCH FROM (completed_at - started_at))), 2) as avg_duration_seconds
FROM backfill_jobs
WHERE status = 'completed'
AND created_at >= CURRENT_DATE - INTERVAL '30 days'
GROUP BY DATE(created_at)
ORDER BY date DESC;
