-- Renews this process's line, and deletes the lines of lost ones: not seen for 10 seconds, or for 3 if the server has
-- released their advisory lock. What they had taken is freed. A process that was cut off or frozen itself, or whose
-- server has just started, treats none as lost for 10 seconds. All times are the database's, whose clock may be
-- stepped: a time in the future counts like one long ago. A lost process that is frozen in a chunk's transaction
-- still holds the chunk's row: its connection is ended. A row with own says that this process had no line.
WITH me AS (
  INSERT INTO backfill_nodes AS node (number, name, version, folder, loaders, draining, judges_from)
  VALUES (:number, :name, :version, CAST(:folder AS uuid), :loaders, :draining,
          greatest(now(),
                   CASE WHEN pg_postmaster_start_time() <= now()
                        THEN pg_postmaster_start_time() + interval '10 seconds' END,
                   -- If none of several was seen, the database was away.
                   CASE WHEN (SELECT count(*) > 1 AND max(seen_at) < now() - interval '3 seconds' FROM backfill_nodes)
                        THEN now() + interval '10 seconds' END))
  ON CONFLICT (number) DO UPDATE
     SET loaders = excluded.loaders,
         draining = excluded.draining,
         seen_at = now(),
         judges_from = greatest(
           least(node.judges_from, now() + interval '10 seconds'),
           CASE WHEN pg_postmaster_start_time() <= now() THEN pg_postmaster_start_time() + interval '10 seconds' END,
           CASE WHEN node.seen_at NOT BETWEEN now() - interval '3 seconds' AND now() + interval '3 seconds'
                THEN now() + interval '10 seconds' END)
  RETURNING judges_from, node.started_at = node.seen_at AS is_new),
suspect AS (
  SELECT node.number, node.seen_at
    FROM backfill_nodes AS node, me
   WHERE me.judges_from <= now()
     AND node.number <> :number
     AND node.seen_at NOT BETWEEN now() - interval '3 seconds' AND now() + interval '3 seconds'),
lost AS (
  DELETE FROM backfill_nodes AS node
   USING suspect
   WHERE node.number = suspect.number
     AND node.seen_at = suspect.seen_at
     AND (suspect.seen_at NOT BETWEEN now() - interval '10 seconds' AND now() + interval '10 seconds'
          OR NOT EXISTS (
            SELECT FROM pg_locks AS lock
             WHERE lock.locktype = 'advisory'
               AND lock.granted
               AND lock.objsubid = 1
               AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND (lock.classid::bigint << 32 | lock.objid::bigint) = suspect.number))
  RETURNING node.number, node.name),
present AS (
  SELECT number FROM backfill_nodes WHERE number NOT IN (SELECT number FROM lost)
   UNION
  SELECT :number),
freed_jobs AS (
  UPDATE backfill_jobs
     SET owner = NULL
   WHERE id IN (SELECT id
                  FROM backfill_jobs
                 WHERE status = 'running' AND owner NOT IN (SELECT number FROM present)
                   FOR NO KEY UPDATE SKIP LOCKED)
  RETURNING id),
freed_events AS (
  UPDATE backfill_chunks
     SET publisher = 0
   WHERE ctid IN (SELECT ctid
                    FROM backfill_chunks
                   WHERE state = 'loaded' AND published_at IS NULL AND publisher > 0
                     AND publisher NOT IN (SELECT number FROM present)
                     FOR UPDATE SKIP LOCKED)
  RETURNING chunk_no),
freed_retractions AS (
  UPDATE backfill_retractions
     SET publisher = NULL
   WHERE ctid IN (SELECT ctid
                    FROM backfill_retractions
                   WHERE publisher > 0 AND publisher NOT IN (SELECT number FROM present)
                     FOR UPDATE SKIP LOCKED)
  RETURNING session_id),
freed_chunks AS (
  UPDATE backfill_chunks AS chunk
     SET loader = NULL
    FROM (SELECT taken.ctid AS place
            FROM backfill_chunks AS taken
           WHERE taken.state = 'pending'
             AND taken.loader IS NOT NULL
             AND (taken.loader NOT IN (SELECT number FROM present)
                  -- Taken by a statement of this process whose answer it never got.
                  OR (taken.loader = :number
                      AND coalesce(taken.claimed_at NOT BETWEEN now() - interval '10 seconds'
                                                            AND now() + interval '10 seconds', true)
                      AND (taken.job_id, taken.chunk_no) NOT IN (
                        SELECT * FROM unnest(CAST(:jobIds AS uuid[]), CAST(:chunkNos AS integer[])))))
             FOR UPDATE SKIP LOCKED) AS left_behind
   WHERE chunk.ctid = left_behind.place
  RETURNING chunk.job_id, chunk.chunk_no)
SELECT name AS node, NULL AS news, NULL AS chunk_no, NULL AS job_id, false AS freed, false AS own FROM lost
 UNION ALL
SELECT NULL, 'Chunk {} was held by a lost process, whose connection is ended, jobId: {}', taken.chunk_no, taken.job_id, false, false
  FROM backfill_chunks AS taken,
       LATERAL (SELECT holder.pid
                  FROM pg_locks AS lock
                  JOIN pg_stat_activity AS holder ON holder.pid = lock.pid
                 WHERE lock.locktype = 'transactionid'
                   AND lock.granted
                   AND lock.transactionid = taken.xmax
                   AND holder.wait_event = 'ClientRead'
                   AND holder.usename = current_user
                   AND holder.application_name = current_setting('application_name')
                OFFSET 0) AS frozen
 WHERE taken.state = 'pending'
   AND taken.loader IS NOT NULL
   AND taken.loader NOT IN (SELECT number FROM present)
   AND pg_terminate_backend(frozen.pid)
 UNION ALL
SELECT NULL, 'Chunk {} was left unfinished and can be claimed again, jobId: {}', chunk_no, job_id, true, false FROM freed_chunks
 UNION ALL
SELECT NULL, NULL, NULL, NULL, false, true FROM me WHERE is_new
