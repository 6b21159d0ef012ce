-- What somebody who knows PostgreSQL writes for one import: the file into a staging table as it is,
-- then one statement that validates, looks up and inserts. What is wrong with the bad rows it does
-- not say; it leaves them out.
--
--   psql "$DATABASE_URL" -v file=sessions.csv -f bench/expert.sql
--
-- The rules are those of the service, but for offsets of more than 15:59 hours, which PostgreSQL
-- does not read, and addresses that are odd but valid, for which the expression here is too plain.
\set ON_ERROR_STOP on
\set QUIET on

SET work_mem = '128MB';

DROP TABLE IF EXISTS expert_staging;
CREATE UNLOGGED TABLE expert_staging (
  row               bigint GENERATED ALWAYS AS IDENTITY,
  session_id        text,
  session_type      text,
  participant_email text,
  volunteer_email   text,
  date              text,
  duration_min      text,
  rating            text,
  feedback_text     text,
  language_level    text
);

-- \copy does not put variables in, so it is put together first.
\set copy '\\copy expert_staging (session_id, session_type, participant_email, volunteer_email, date, duration_min, rating, feedback_text, language_level) FROM ' :'file' ' WITH (FORMAT csv, HEADER)'
:copy

ANALYZE expert_staging;

SELECT gen_random_uuid() AS job_id \gset

WITH trimmed AS (
  SELECT row,
         btrim(session_id, E' \t\r\n')           AS session_id,
         lower(btrim(session_type, E' \t\r\n'))  AS session_type,
         btrim(participant_email, E' \t\r\n')    AS participant_email,
         btrim(volunteer_email, E' \t\r\n')      AS volunteer_email,
         btrim(date, E' \t\r\n')                 AS date,
         btrim(duration_min, E' \t\r\n')         AS duration_min,
         nullif(btrim(rating, E' \t\r\n'), '')   AS rating,
         nullif(btrim(feedback_text, E' \t\r\n'), '')         AS feedback_text,
         nullif(upper(btrim(language_level, E' \t\r\n')), '') AS language_level
    FROM expert_staging
), typed AS (
  -- What is not valid becomes NULL. Conditions instead would make the planner expect a handful of
  -- rows and join them in loops; OFFSET 0 keeps each value from being computed twice.
  SELECT row,
         CASE WHEN length(session_id) BETWEEN 1 AND 255 THEN session_id END AS session_id,
         CASE session_type WHEN 'language connect' THEN 'language'
                           WHEN 'mentorship' THEN 'mentorship' END AS session_type,
         CASE WHEN participant_email ~ '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$'
              THEN participant_email END AS participant_email,
         CASE WHEN volunteer_email ~ '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$'
              THEN volunteer_email END AS volunteer_email,
         -- Only a day that the calendar has, so that the cast cannot fail.
         CASE WHEN left(date, 4) <> '0000'
               AND date ~ ('^([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])'
                        || '|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))'
                        || '|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)'
                        || 'T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?'
                        || '(Z|[+-](0[0-9]|1[0-5]):[0-5][0-9])$')
              THEN date::timestamptz END AS scheduled_at,
         CASE WHEN duration_min ~ '^0*[0-9]{1,10}$'
              THEN CASE WHEN duration_min::bigint BETWEEN 1 AND 2147483647
                        THEN duration_min::integer END END AS duration_minutes,
         CASE WHEN rating ~ '^[0-9]+([.][0-9]+)?$' THEN rating::numeric END AS rating,
         rating IS NULL AS is_unrated,
         feedback_text,
         language_level
    FROM trimmed
  OFFSET 0
), in_any_case AS (
  SELECT lower(email) AS email, (array_agg(id))[1] AS id
    FROM users
   GROUP BY lower(email)
  HAVING count(*) = 1
)
INSERT INTO kintell_sessions
  (id, external_session_id, session_type, participant_id, volunteer_id, job_id, source_row,
   scheduled_at, completed_at, duration_minutes, rating, feedback_text, language_level)
SELECT gen_random_uuid(),
       typed.session_id,
       typed.session_type,
       coalesce(participant.id, participant_in_any_case.id),
       coalesce(volunteer.id, volunteer_in_any_case.id),
       :'job_id',
       typed.row,
       typed.scheduled_at,
       typed.scheduled_at + make_interval(mins => typed.duration_minutes),
       typed.duration_minutes,
       typed.rating,
       typed.feedback_text,
       typed.language_level
  FROM typed
  LEFT JOIN users AS participant ON participant.email = typed.participant_email
  LEFT JOIN in_any_case AS participant_in_any_case
    ON participant_in_any_case.email = lower(typed.participant_email)
  LEFT JOIN users AS volunteer ON volunteer.email = typed.volunteer_email
  LEFT JOIN in_any_case AS volunteer_in_any_case
    ON volunteer_in_any_case.email = lower(typed.volunteer_email)
 WHERE typed.session_id IS NOT NULL
   AND typed.session_type IS NOT NULL
   AND typed.scheduled_at IS NOT NULL
   AND typed.duration_minutes IS NOT NULL
   AND (typed.is_unrated OR typed.rating BETWEEN 1 AND 5)
   AND (typed.language_level IS NULL OR typed.language_level IN ('A1', 'A2', 'B1', 'B2', 'C1', 'C2'))
   AND coalesce(participant.id, participant_in_any_case.id) IS NOT NULL
   AND coalesce(volunteer.id, volunteer_in_any_case.id) IS NOT NULL
 -- The first valid row with an id is inserted; those after it conflict.
 ORDER BY typed.row
    ON CONFLICT (external_session_id) DO NOTHING;
