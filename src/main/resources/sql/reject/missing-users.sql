-- Addresses of open rejects that no user has by now, the most frequent first. Addresses that differ only in
-- case count as one. A message shortens a long address and replaces some characters; the first row has all of
-- it.
SELECT needed.*, count(*) OVER () AS total, reject.raw
  FROM (SELECT min(email) AS email,
               count(DISTINCT source_row) AS rows,
               bool_or(participant) AS participant,
               bool_or(NOT participant) AS volunteer,
               min(source_row) AS first
          FROM (SELECT reject.source_row,
                       starts_with(one, 'Participant not found: ') AS participant,
                       substr(one, strpos(one, ': ') + 2) AS email
                  FROM backfill_rejects AS reject,
                       unnest(string_to_array(reject.message, '; ')) AS one
                 WHERE reject.job_id = :jobId
                   AND reject.causes && ARRAY['participant-not-found', 'volunteer-not-found']
                   AND (starts_with(one, 'Participant not found: ') OR starts_with(one, 'Volunteer not found: '))
                   AND reject.source_row NOT IN (
                         SELECT ancestor_row FROM backfill_taken_rejects(:jobId))) AS missing
         GROUP BY lower(email)) AS needed
  LEFT JOIN backfill_rejects AS reject
    ON reject.job_id = :jobId AND reject.source_row = needed.first
   AND (char_length(needed.email) > 60 OR strpos(needed.email, '\') > 0)
 WHERE NOT EXISTS (SELECT FROM users WHERE lower(users.email) = lower(needed.email))
 ORDER BY needed.rows DESC, lower(needed.email)
 LIMIT :limit
