-- The right to publish a chunk's events. What the stream's last sequence was before the first of
-- them is kept: after an attempt that broke off, the stream is read from there. Of a chunk that was
-- rolled back, only what it updated is told.
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
   AND (chunk.publisher IS NULL OR chunk.publisher = :publisher OR NOT backfill_is_alive(chunk.publisher))
RETURNING before.publish_from IS NULL, coalesce(chunk.publish_from, 0)
