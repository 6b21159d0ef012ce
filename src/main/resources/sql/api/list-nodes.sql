SELECT name, version, loaders, draining, started_at, seen_at,
       (SELECT count(*) FROM backfill_jobs WHERE status = 'running' AND owner = node.number) AS jobs,
       (SELECT count(*) FROM backfill_chunks
         WHERE state = 'pending' AND loader IS NOT NULL AND loader = node.number) AS chunks_in_flight
  FROM backfill_nodes AS node
 ORDER BY started_at, name
