-- This process ends: others can take at once what it had taken. The next beat of another process frees a row
-- that one of this process's transactions still holds.
WITH me AS (
  DELETE FROM backfill_nodes WHERE number = :number),
jobs AS (
  UPDATE backfill_jobs SET owner = NULL WHERE status = 'running' AND owner = :number),
events AS (
  UPDATE backfill_chunks SET publisher = 0
   WHERE ctid IN (SELECT ctid
                    FROM backfill_chunks
                   WHERE state = 'loaded' AND published_at IS NULL AND publisher > 0 AND publisher = :number
                     FOR UPDATE SKIP LOCKED)),
retractions AS (
  UPDATE backfill_retractions SET publisher = NULL
   WHERE ctid IN (SELECT ctid
                    FROM backfill_retractions
                   WHERE publisher > 0 AND publisher = :number
                     FOR UPDATE SKIP LOCKED))
UPDATE backfill_chunks AS chunk
   SET loader = NULL,
       attempts = chunk.attempts - 1,
       tried_by = trim_array(chunk.tried_by, least(1, cardinality(chunk.tried_by)))
  FROM (SELECT ctid AS place
          FROM backfill_chunks
         WHERE state = 'pending' AND loader IS NOT NULL AND loader = :number
           FOR UPDATE SKIP LOCKED) AS mine
 WHERE chunk.ctid = mine.place
