-- Claims retractions for publishing. The stream's last sequence before the first attempt is stored:
-- after a failed attempt, the stream is read from there.
UPDATE backfill_retractions AS retraction
   SET publisher = :publisher,
       publish_from = coalesce(retraction.publish_from, CAST(:lastSequence AS bigint))
  FROM (SELECT job_id, session_id, publish_from
          FROM backfill_retractions
         WHERE not_before <= now()
           AND (publisher IS NULL OR publisher = :publisher)
           AND EXISTS (SELECT FROM backfill_nodes WHERE number = :publisher)
         ORDER BY job_id, session_id
         LIMIT 5000
           FOR UPDATE SKIP LOCKED) AS before
 WHERE retraction.job_id = before.job_id
   AND retraction.session_id = before.session_id
RETURNING retraction.job_id, retraction.session_id, retraction.external_session_id,
          retraction.retracted_at, before.publish_from
