-- As in V5, but rows with the same causes are counted before their causes are taken apart: of a
-- million rejects there are few kinds, and a job's end waits for this.
CREATE OR REPLACE FUNCTION backfill_causes(job uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_object_agg(counted.cause, counted.rows), '{}')
    FROM (SELECT cause, CAST(sum(alike.rows) AS bigint) AS rows
            FROM (SELECT reject.causes, count(*) AS rows
                    FROM backfill_rejects AS reject
                   WHERE reject.job_id = job
                   GROUP BY reject.causes) AS alike,
                 unnest(alike.causes) AS cause
           GROUP BY cause) AS counted
$$;
