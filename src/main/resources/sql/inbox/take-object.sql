-- Takes a version of an object; one that this process or a lost one had taken is taken over with its job.
-- A process that others do not see yet takes nothing: they would hold it for a lost one.
INSERT INTO backfill_inbox_objects AS taken (address, etag, node)
SELECT :address, :etag, number FROM backfill_nodes WHERE number = :node
ON CONFLICT (address, etag) DO UPDATE
   SET node = :node
 WHERE taken.node = :node
    OR NOT EXISTS (SELECT FROM backfill_nodes WHERE number = taken.node)
RETURNING job_id
