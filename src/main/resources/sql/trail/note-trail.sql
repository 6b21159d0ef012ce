INSERT INTO backfill_trail (actor, address, action, job_id, request_id, detail)
VALUES (:actor, :address, :action, :jobId, :requestId, :detail)
