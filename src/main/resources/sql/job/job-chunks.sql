-- What a job's row does not hold: what became of its events after its end, what a rollback removed, and how
-- many processes load it. Read by indexes of just these chunks. The events of a running job are those of its last
-- report, as its rows are.
       LATERAL (SELECT coalesce(sum(successful + updated), 0) AS unpublished,
                       coalesce(sum(updated + CASE WHEN rolled_back_at IS NULL THEN successful ELSE 0 END), 0) AS pending
                  FROM backfill_chunks
                 WHERE job_id = job.id AND state = 'loaded' AND published_at IS NULL
                   AND job.status <> 'running') AS waiting,
       LATERAL (SELECT CASE job.status WHEN 'running' THEN job.events_published
                                       ELSE greatest(job.events - waiting.unpublished, 0) END AS events_published,
                       CASE job.status WHEN 'running' THEN job.events - job.events_published
                                       ELSE waiting.pending END AS events_pending,
                       (SELECT coalesce(sum(removed), 0)
                          FROM backfill_chunks
                         WHERE job_id = job.id AND rolled_back_at IS NOT NULL) AS sessions_removed,
                       (SELECT count(DISTINCT loader)
                          FROM backfill_chunks
                         WHERE job_id = job.id AND state = 'pending' AND loader IS NOT NULL) AS nodes) AS events
