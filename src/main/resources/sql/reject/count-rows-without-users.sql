-- Open rejects with one of the causes of missing-users.sql; a row with both counts once.
SELECT count(*)
  FROM backfill_rejects
 WHERE job_id = :jobId
   AND causes && ARRAY['participant-not-found', 'volunteer-not-found']
   AND source_row NOT IN (SELECT ancestor_row FROM backfill_taken_rejects(:jobId))
