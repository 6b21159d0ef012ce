SELECT job.id, event.stored
  FROM backfill_jobs AS job, unnest(job.milestones) WITH ORDINALITY AS event (stored, place)
 WHERE job.milestones <> '{}'
 ORDER BY job.updated_at, event.place
 LIMIT 100
