-- The contents of a job's report beyond its status. Causes are counted while the rejects are kept; later they
-- are the counts of the job's end.
SELECT job.origin,
       job.size_bytes,
       job.index_seconds,
       extract(epoch FROM job.waited + CASE WHEN job.status = 'pending' AND job.queued_at IS NOT NULL
                                            THEN now() - job.phase_at ELSE interval '0' END) AS seconds_waited,
       extract(epoch FROM CASE WHEN job.status = 'completed'
                               THEN job.completed_at - greatest(job.phase_at, job.last_loaded_at)
                          END) AS seconds_finishing,
       ledger.chunks,
       ledger.chunks_loaded,
       ledger.foreign_keys,
       CAST(coalesce(kept.causes, job.causes, '{}') AS text) AS causes,
       CAST(CASE WHEN NOT EXISTS (SELECT FROM backfill_origins WHERE ancestor_job_id = job.id OR job_id = job.id)
                 THEN coalesce(kept.causes, '{}')
                 ELSE (SELECT coalesce(jsonb_object_agg(counted.cause, counted.rows), '{}')
                         FROM (SELECT cause, count(*) AS rows
                                 FROM backfill_rejects AS reject, unnest(reject.causes) AS cause
                                WHERE reject.job_id = job.id
                                  AND reject.source_row NOT IN (SELECT ancestor_row FROM backfill_taken_rejects(job.id))
                                GROUP BY cause) AS counted)
            END AS text) AS open_causes,
       CASE WHEN job.purged_at IS NOT NULL THEN 0
            WHEN NOT EXISTS (SELECT FROM backfill_origins WHERE ancestor_job_id = job.id OR job_id = job.id)
            THEN job.failed_rows
            ELSE (SELECT count(*)
                    FROM backfill_rejects AS reject
                   WHERE reject.job_id = job.id
                     AND reject.source_row NOT IN (SELECT ancestor_row FROM backfill_taken_rejects(job.id)))
        END AS retryable_rejects,
       (SELECT actor FROM backfill_trail WHERE job_id = job.id ORDER BY id LIMIT 1) AS created_by,
       CASE WHEN :days > 0 AND job.purged_at IS NULL AND job.status IN ('completed', 'cancelled', 'rolled_back')
            THEN coalesce(job.completed_at, job.updated_at) + make_interval(days => :days) END AS kept_until,
       ARRAY(SELECT child.id
               FROM backfill_jobs AS child
              WHERE child.parent_job_id = job.id
              ORDER BY child.created_at) AS children
  FROM backfill_jobs AS job,
       -- The ledger is read once: there are few kinds of chunks.
       LATERAL (SELECT coalesce(sum(chunks), 0) AS chunks,
                       coalesce(sum(chunks) FILTER (WHERE state = 'loaded'), 0) AS chunks_loaded,
                       CAST(json_object_agg(foreign_keys, chunks)
                            FILTER (WHERE state = 'loaded' AND foreign_keys IS NOT NULL) AS text) AS foreign_keys
                  FROM (SELECT state, foreign_keys, count(*) AS chunks
                          FROM backfill_chunks
                         WHERE job_id = job.id
                         GROUP BY state, foreign_keys) AS kind) AS ledger,
       -- OFFSET 0 keeps PostgreSQL from counting them once for each column that shows them.
       LATERAL (SELECT CASE WHEN EXISTS (SELECT FROM backfill_rejects WHERE job_id = job.id)
                            THEN backfill_causes(job.id) END AS causes
                OFFSET 0) AS kept
 WHERE job.id = :id
