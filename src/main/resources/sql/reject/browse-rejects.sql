-- A page of rejects with the job that has taken each: the first one that has imported it, or else may import
-- it. Rows beyond the bytes of a page are on the next page; a row that is too long has no bytes. "fetched"
-- distinguishes a shortened page from the last one.
WITH RECURSIVE line AS (
  SELECT job.id, job.parent_job_id FROM backfill_jobs AS job WHERE job.id = :jobId
   UNION
  SELECT job.id, job.parent_job_id FROM line JOIN backfill_jobs AS job ON job.id = line.parent_job_id)
SELECT page.source_row, CASE WHEN NOT page.too_long THEN page.raw END AS raw, page.raw_length,
       page.causes, page.message, page.fetched, taken.job_id AS taken_by, taken.imported
  FROM (SELECT *, count(*) OVER () AS fetched, sum(bytes) OVER (ORDER BY source_row) - bytes AS before
          FROM (SELECT *, raw IS NULL OR octet_length(raw) > :longest AS too_long,
                       CASE WHEN octet_length(raw) <= :longest THEN octet_length(raw) ELSE 0 END AS bytes
                  FROM backfill_rejects AS reject
                 WHERE ${reject/asked-for}
                   AND reject.source_row > :after
                 ORDER BY reject.source_row
                 LIMIT :limit) AS next) AS page
  LEFT JOIN LATERAL (
       SELECT heir.job_id, session.job_id IS NOT NULL AS imported
         FROM (SELECT origin.job_id, origin.source_row
                 FROM backfill_origins AS origin
                WHERE origin.ancestor_job_id = :jobId AND origin.ancestor_row = page.source_row
                UNION ALL
               SELECT other.job_id, other.source_row
                 FROM backfill_origins AS own
                 JOIN backfill_origins AS other
                   ON other.ancestor_job_id = own.ancestor_job_id AND other.ancestor_row = own.ancestor_row
                WHERE own.job_id = :jobId AND own.source_row = page.source_row
                  AND other.job_id NOT IN (SELECT id FROM line)) AS heir
         JOIN backfill_jobs AS job ON job.id = heir.job_id
         LEFT JOIN kintell_sessions AS session
           ON session.job_id = heir.job_id AND session.source_row = heir.source_row
        WHERE session.job_id IS NOT NULL OR job.status IN ('pending', 'running', 'paused')
        ORDER BY session.job_id IS NULL
        LIMIT 1) AS taken ON true
 WHERE page.before < :mostBytes
 ORDER BY page.source_row
