-- Takes a version of an object; one that this process or a lost one had taken is taken over with its job.
INSERT INTO backfill_inbox_objects AS taken (address, etag, node)
VALUES (:address, :etag, :node)
ON CONFLICT (address, etag) DO UPDATE
   SET node = :node
 WHERE taken.node = :node
    OR NOT EXISTS (SELECT FROM backfill_nodes WHERE number = taken.node)
RETURNING job_id
