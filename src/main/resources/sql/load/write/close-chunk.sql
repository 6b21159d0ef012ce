-- A chunk that imported and updated nothing has no events to publish. The job is asked once more: it may
-- have been paused or ended while the rows were written. Its row is locked until the commit, so that whoever
-- stops the job counts this chunk. Where it is being stopped already, or removed, nobody waits: the chunk is
-- given back.
UPDATE backfill_chunks AS chunk
   SET state = 'loaded', successful = :successful, failed = :failed, skipped = :skipped,
       updated = :updated, foreign_keys = :foreignKeys, duplicates = :duplicates,
       loaded_at = now(),
       published_at = CASE WHEN :successful + :updated = 0 THEN now() END
  FROM (SELECT id
          FROM backfill_jobs
         WHERE id = :jobId AND status = 'running'
           FOR KEY SHARE SKIP LOCKED) AS job
 WHERE chunk.job_id = job.id
   AND chunk.chunk_no = :chunkNo
RETURNING chunk.loaded_at
