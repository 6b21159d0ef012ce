-- Claims a chunk for publishing. The stream's last sequence before the first attempt is stored: after a
-- failed attempt, the stream is read from there. A rolled-back chunk publishes only its updates. A process
-- that was treated as lost claims nothing, because no other would free the claim.
UPDATE backfill_chunks AS chunk
   SET publisher = :publisher,
       publish_from = coalesce(chunk.publish_from, CAST(:lastSequence AS bigint))
  FROM (SELECT job_id, chunk_no, publish_from
          FROM backfill_chunks
         WHERE job_id = :jobId AND chunk_no = :chunkNo
           FOR UPDATE) AS before
 WHERE chunk.job_id = before.job_id
   AND chunk.chunk_no = before.chunk_no
   AND chunk.state = 'loaded'
   AND chunk.published_at IS NULL
   AND (chunk.rolled_back_at IS NULL OR :imported = 0)
   AND (chunk.publisher IS NULL OR chunk.publisher IN (0, :publisher))
   AND EXISTS (SELECT FROM backfill_nodes WHERE number = :publisher)
RETURNING before.publish_from IS NULL, coalesce(chunk.publish_from, 0)
