SELECT job.id, milestone.stored
  FROM backfill_jobs AS job, unnest(job.milestones) WITH ORDINALITY AS milestone (stored, place)
 WHERE job.milestones <> '{}'
 ORDER BY job.updated_at, milestone.place
 LIMIT 100
