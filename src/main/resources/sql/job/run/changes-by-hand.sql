-- For one process of all, so that each change is logged once.
SELECT job_id, concat_ws(', ', action, detail) AS change, actor
  FROM backfill_trail
 WHERE id = ANY (:lines)
   AND action <> 'uploaded'
   AND :number = (SELECT min(number) FROM backfill_nodes WHERE seen_at > now() - interval '3 seconds')
 ORDER BY id
