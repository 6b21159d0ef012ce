-- Addresses of open rejects that no user has by now, the most frequent first. Addresses that differ only in
-- case count as one, and a row that needs one twice counts once. A message shortens a long address and
-- replaces some characters; the first row has all of it.
WITH needing AS (
  SELECT source_row, causes, message
    FROM backfill_rejects
   WHERE job_id = :jobId
     AND causes && ARRAY['participant-not-found', 'volunteer-not-found']
     AND source_row NOT IN (SELECT ancestor_row FROM backfill_taken_rejects(:jobId))),
needed AS (
  SELECT source_row, message, true AS participant,
         split_part(substr(message, strpos('; ' || message, '; Participant not found: ') + 23), '; ', 1) AS email
    FROM needing
   WHERE 'participant-not-found' = ANY (causes)
   UNION ALL
  SELECT source_row, message, false,
         split_part(substr(message, strpos('; ' || message, '; Volunteer not found: ') + 21), '; ', 1)
    FROM needing
   WHERE 'volunteer-not-found' = ANY (causes)),
missing AS (
  SELECT min(email) AS email,
         count(*) FILTER (
           WHERE participant
              OR strpos(lower('; ' || message || '; '), lower('; Participant not found: ' || email || '; ')) = 0) AS rows,
         bool_or(participant) AS participant,
         bool_or(NOT participant) AS volunteer,
         min(source_row) AS first
    FROM needed
   GROUP BY lower(email))
SELECT missing.*, count(*) OVER () AS total,
       count(*) FILTER (WHERE participant) OVER () AS participants,
       count(*) FILTER (WHERE volunteer) OVER () AS volunteers, reject.raw
  FROM missing
  LEFT JOIN backfill_rejects AS reject
    ON reject.job_id = :jobId AND reject.source_row = missing.first
   AND (char_length(missing.email) > 60 OR strpos(missing.email, '\') > 0)
 WHERE NOT EXISTS (SELECT FROM users WHERE lower(users.email) = lower(missing.email))
 ORDER BY missing.rows DESC, lower(missing.email)
 LIMIT :limit
