-- A message shortens a long address and replaces some characters; the first row has all of it.
count(*) OVER () AS total,
       count(*) FILTER (WHERE participant) OVER () AS participants,
       count(*) FILTER (WHERE volunteer) OVER () AS volunteers, reject.raw
  FROM missing
  LEFT JOIN backfill_rejects AS reject
    ON reject.job_id = :jobId AND reject.source_row = missing.first
   AND (char_length(missing.email) > 60 OR strpos(missing.email, '\') > 0)
 WHERE NOT EXISTS (SELECT FROM users WHERE lower(users.email) = lower(missing.email))
 ORDER BY missing.rows DESC, lower(missing.email)
 LIMIT :limit
