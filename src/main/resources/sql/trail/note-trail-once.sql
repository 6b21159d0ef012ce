-- Once in a quarter of an hour: a person who turns pages would fill the history.
INSERT INTO backfill_trail (actor, address, action, job_id, request_id, detail)
SELECT :actor, :address, :action, :jobId, :requestId, :detail
 WHERE NOT EXISTS (
   SELECT FROM backfill_trail
    WHERE actor = :actor
      AND address IS NOT DISTINCT FROM :address
      AND action = :action
      AND job_id IS NOT DISTINCT FROM CAST(:jobId AS uuid)
      AND at > now() - interval '15 minutes')
