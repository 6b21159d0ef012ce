SELECT job.id,
       job.status,
       ledger.*,
       (SELECT count(*) FROM kintell_sessions WHERE job_id = job.id) AS present,
       (SELECT count(DISTINCT session.id)
          FROM backfill_updates AS change
          JOIN kintell_sessions AS session ON session.id = change.session_id
         WHERE change.job_id = job.id
           AND session.job_id IS DISTINCT FROM job.id) AS updated_of_others,
       (SELECT count(DISTINCT session.id)
          FROM kintell_sessions AS session
          JOIN backfill_updates AS change ON change.session_id = session.id
         WHERE session.job_id = job.id
           AND change.job_id <> job.id) AS updated_by_others,
       (SELECT count(*) FROM backfill_retractions WHERE job_id = job.id) AS retractions_pending
  FROM backfill_jobs AS job,
       LATERAL (SELECT coalesce(sum(successful), 0) AS successful,
                       coalesce(sum(skipped), 0) AS skipped,
                       coalesce(sum(removed), 0) AS removed,
                       coalesce(sum(retracted), 0) AS retracted,
                       coalesce(sum(successful) FILTER (WHERE publisher IS NOT NULL
                                                          AND rolled_back_at IS NULL), 0) AS told
                  FROM backfill_chunks
                 WHERE job_id = job.id) AS ledger
 WHERE job.id = :id
