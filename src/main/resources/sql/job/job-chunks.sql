-- What the ledger says about a job: how far its events are, what a rollback removed, when a chunk was last
-- loaded, and how many processes are loading it.
       LATERAL (SELECT coalesce(sum(successful + updated) FILTER (WHERE published_at IS NOT NULL), 0) AS events_published,
                       coalesce(sum(updated + CASE WHEN rolled_back_at IS NULL THEN successful ELSE 0 END)
                                FILTER (WHERE published_at IS NULL), 0) AS events_pending,
                       coalesce(sum(removed), 0) AS sessions_removed,
                       max(loaded_at) AS last_loaded_at,
                       count(DISTINCT loader) FILTER (WHERE state = 'pending') AS nodes
                  FROM backfill_chunks
                 WHERE job_id = job.id) AS events
