-- The newest lines, in ascending order.
SELECT at, actor, action, request_id, detail
  FROM (SELECT * FROM backfill_trail WHERE job_id = :jobId ORDER BY id DESC LIMIT :most) AS line
 ORDER BY id
