-- A job's row says how far the job is. Nobody sums up the ledger to read a status: a large job has
-- hundreds of thousands of chunks, and reading them takes a tenth of a second.

-- How far a job's ledger is summed up, in the order in which chunks are loaded: by (tail, chunk_no). Chunks before
-- these places need not be read again, because the service never changes what it says of a loaded chunk that the
-- sums are made of.
CREATE TYPE backfill_summed AS (
  -- All chunks before this place are loaded. These are their counts.
  tail               boolean,
  chunk_no           integer,
  successful         bigint,
  failed             bigint,
  skipped            bigint,
  updated            bigint,
  -- The events of all chunks before this place are published. This is their number. The place is not behind
  -- the other one; while the broker is away it stays.
  published_tail     boolean,
  published_chunk_no integer,
  published          bigint
);

ALTER TABLE backfill_jobs
  -- Sessions that its chunks have imported or updated, each of which has an event, and those of chunks whose
  -- events are published. Of a running job, as of the last report; of another one, as of its end.
  ADD COLUMN IF NOT EXISTS events           bigint NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS events_published bigint NOT NULL DEFAULT 0,
  -- When its last chunk was loaded.
  ADD COLUMN IF NOT EXISTS last_loaded_at   timestamptz,
  -- Where the next report begins to read. NULL: at the beginning.
  ADD COLUMN IF NOT EXISTS summed           backfill_summed;

-- A loaded chunk is in one of these, in the order of loading: its events wait, it has none, or they are published.
CREATE INDEX IF NOT EXISTS backfill_chunks_waiting_idx ON backfill_chunks (job_id, tail, chunk_no)
  WHERE state = 'loaded' AND published_at IS NULL;
CREATE INDEX IF NOT EXISTS backfill_chunks_without_events_idx ON backfill_chunks (job_id, tail, chunk_no)
  WHERE state = 'loaded' AND published_at IS NOT NULL AND successful + updated = 0;
CREATE INDEX IF NOT EXISTS backfill_chunks_published_idx ON backfill_chunks (job_id, tail, chunk_no)
  WHERE state = 'loaded' AND published_at IS NOT NULL AND successful + updated > 0;
CREATE INDEX IF NOT EXISTS backfill_chunks_rolled_back_idx ON backfill_chunks (job_id)
  WHERE rolled_back_at IS NOT NULL;

-- The sums of a job's ledger, in one snapshot, so that they add up. Reads only the chunks from the places in
-- backfill_jobs.summed on, and says how far it is summed up now. Reads the whole ledger if asked to, or if a chunk
-- before such a place is not loaded or published: somebody changed it by hand. No row of a job without chunks.
CREATE FUNCTION backfill_sums(job uuid, whole boolean)
  RETURNS TABLE (is_whole boolean, processed bigint, successful bigint, failed bigint, skipped bigint, updated bigint,
                 last_row bigint, events bigint, events_published bigint, last_loaded_at timestamptz,
                 summed backfill_summed)
  LANGUAGE sql STABLE AS $$
  WITH unloaded AS (
    SELECT chunk.tail, chunk.chunk_no, chunk.first_row
      FROM backfill_chunks AS chunk
     WHERE chunk.job_id = job AND chunk.state = 'pending'
     ORDER BY chunk.tail, chunk.chunk_no
     LIMIT 1),
  unpublished AS (
    SELECT chunk.tail, chunk.chunk_no
      FROM backfill_chunks AS chunk
     WHERE chunk.job_id = job AND chunk.state = 'loaded' AND chunk.published_at IS NULL
     ORDER BY chunk.tail, chunk.chunk_no
     LIMIT 1),
  -- Where the sums of the next report begin; behind all chunks if none is left.
  next AS (
    SELECT coalesce(unloaded.tail, true)           AS tail,
           coalesce(unloaded.chunk_no, 2147483647) AS chunk_no,
           coalesce(either.tail, true)             AS published_tail,
           coalesce(either.chunk_no, 2147483647)   AS published_chunk_no
      FROM (SELECT) AS one
      LEFT JOIN unloaded ON true
      LEFT JOIN (SELECT tail, chunk_no
                   FROM (SELECT tail, chunk_no FROM unloaded
                          UNION ALL
                         SELECT tail, chunk_no FROM unpublished) AS place
                  ORDER BY tail, chunk_no
                  LIMIT 1) AS either ON true),
  -- Where the sums of this report begin.
  start AS (
    SELECT kept.total_rows,
           kept.summed IS NULL                           AS is_whole,
           coalesce((kept.summed).tail, false)           AS tail,
           coalesce((kept.summed).chunk_no, 0)           AS chunk_no,
           coalesce((kept.summed).successful, 0)         AS successful,
           coalesce((kept.summed).failed, 0)             AS failed,
           coalesce((kept.summed).skipped, 0)            AS skipped,
           coalesce((kept.summed).updated, 0)            AS updated,
           coalesce((kept.summed).published_tail, false) AS published_tail,
           coalesce((kept.summed).published_chunk_no, 0) AS published_chunk_no,
           coalesce((kept.summed).published, 0)          AS published
      FROM (SELECT reported.total_rows,
                   CASE WHEN NOT whole
                             AND (next.tail, next.chunk_no)
                                 >= ((reported.summed).tail, (reported.summed).chunk_no)
                             AND (next.published_tail, next.published_chunk_no)
                                 >= ((reported.summed).published_tail, (reported.summed).published_chunk_no)
                        THEN reported.summed END AS summed
              FROM backfill_jobs AS reported, next
             WHERE reported.id = job) AS kept),
  -- A limit that is not known in advance, and never reached, makes the planner go along the index from the place on:
  -- it takes a third of all chunks to be behind any place.
  chunk AS (
    (SELECT tail, chunk_no, false AS is_published, successful, failed, skipped, updated, loaded_at
       FROM backfill_chunks
      WHERE job_id = job AND state = 'loaded' AND published_at IS NULL
        AND (tail, chunk_no) >= ((SELECT tail FROM start), (SELECT chunk_no FROM start))
      ORDER BY tail, chunk_no
      LIMIT (SELECT 2147483647))
     UNION ALL
    (SELECT tail, chunk_no, false, successful, failed, skipped, updated, loaded_at
       FROM backfill_chunks
      WHERE job_id = job AND state = 'loaded' AND published_at IS NOT NULL AND successful + updated = 0
        AND (tail, chunk_no) >= ((SELECT tail FROM start), (SELECT chunk_no FROM start))
      ORDER BY tail, chunk_no
      LIMIT (SELECT 2147483647))
     UNION ALL
    (SELECT tail, chunk_no, true, successful, failed, skipped, updated, loaded_at
       FROM backfill_chunks
      WHERE job_id = job AND state = 'loaded' AND published_at IS NOT NULL AND successful + updated > 0
        AND (tail, chunk_no) >= ((SELECT published_tail FROM start), (SELECT published_chunk_no FROM start))
      ORDER BY tail, chunk_no
      LIMIT (SELECT 2147483647))),
  -- The sums of these chunks, and of those among them that the next report need not read.
  gained AS (
    SELECT coalesce(sum(counted.successful) FILTER (WHERE is_new), 0)             AS successful,
           coalesce(sum(counted.failed) FILTER (WHERE is_new), 0)                 AS failed,
           coalesce(sum(counted.skipped) FILTER (WHERE is_new), 0)                AS skipped,
           coalesce(sum(counted.updated) FILTER (WHERE is_new), 0)                AS updated,
           coalesce(sum(counted.events) FILTER (WHERE is_published), 0)           AS published,
           coalesce(sum(counted.successful) FILTER (WHERE is_new AND is_last), 0) AS last_successful,
           coalesce(sum(counted.failed) FILTER (WHERE is_new AND is_last), 0)     AS last_failed,
           coalesce(sum(counted.skipped) FILTER (WHERE is_new AND is_last), 0)    AS last_skipped,
           coalesce(sum(counted.updated) FILTER (WHERE is_new AND is_last), 0)    AS last_updated,
           coalesce(sum(counted.events) FILTER (WHERE is_published AND is_last_published), 0) AS last_published,
           max(counted.loaded_at)                                                 AS last_loaded_at
      FROM (SELECT chunk.*,
                   chunk.successful + chunk.updated AS events,
                   (chunk.tail, chunk.chunk_no) >= (start.tail, start.chunk_no) AS is_new,
                   (chunk.tail, chunk.chunk_no) < (next.tail, next.chunk_no) AS is_last,
                   (chunk.tail, chunk.chunk_no) < (next.published_tail, next.published_chunk_no) AS is_last_published
              FROM chunk, start, next) AS counted)
  SELECT start.is_whole,
         start.successful + gained.successful + start.failed + gained.failed
           + start.skipped + gained.skipped + start.updated + gained.updated,
         start.successful + gained.successful,
         start.failed + gained.failed,
         start.skipped + gained.skipped,
         start.updated + gained.updated,
         coalesce((SELECT first_row - 1 FROM unloaded WHERE NOT tail), start.total_rows),
         start.successful + gained.successful + start.updated + gained.updated,
         start.published + gained.published,
         gained.last_loaded_at,
         CAST(ROW(next.tail, next.chunk_no,
                  start.successful + gained.last_successful, start.failed + gained.last_failed,
                  start.skipped + gained.last_skipped, start.updated + gained.last_updated,
                  next.published_tail, next.published_chunk_no, start.published + gained.last_published)
              AS backfill_summed)
    FROM start, next, gained
   WHERE EXISTS (SELECT FROM backfill_chunks AS any_chunk WHERE any_chunk.job_id = job)
$$;

UPDATE backfill_jobs AS job
   SET events = ledger.events, events_published = ledger.events_published, last_loaded_at = ledger.last_loaded_at
  FROM (SELECT id, sums.* FROM backfill_jobs, LATERAL backfill_sums(id, true) AS sums) AS ledger
 WHERE job.id = ledger.id;

-- First trigger of V18, which now also sums up the ledger.
CREATE OR REPLACE FUNCTION backfill_change_job() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_waiting boolean := NEW.status = 'pending' AND NEW.queued_at IS NOT NULL;
  ledger     record;
BEGIN
  IF NEW.status <> OLD.status THEN
    -- It passes only these transitions. A status that an older service left, and this one
    -- does not know, may become any.
    IF NEW.status NOT IN ('pending', 'running', 'paused', 'completed', 'failed', 'cancelled',
                          'rolling_back', 'rolled_back') THEN
      RAISE EXCEPTION 'There is no job status %', NEW.status USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status <> 'failed'
       AND NOT (CASE OLD.status
         WHEN 'pending'      THEN NEW.status IN ('running', 'paused', 'cancelled', 'rolled_back')
         WHEN 'running'      THEN NEW.status IN ('paused', 'completed', 'cancelled')
         WHEN 'paused'       THEN NEW.status IN ('pending', 'cancelled', 'rolling_back')
         WHEN 'completed'    THEN NEW.status = 'rolling_back'
         WHEN 'failed'       THEN NEW.status IN ('pending', 'cancelled', 'rolling_back')
         WHEN 'cancelled'    THEN NEW.status = 'rolling_back'
         WHEN 'rolling_back' THEN NEW.status = 'rolled_back'
         WHEN 'rolled_back'  THEN false
         ELSE true
       END) THEN
      RAISE EXCEPTION 'A job that is % cannot become %', OLD.status, NEW.status
        USING ERRCODE = 'check_violation', HINT = 'Any job may be set to failed by hand.';
    END IF;
    -- A stop that was requested while the job ran is reached, or comes too late.
    IF NEW.status <> 'running' THEN
      NEW.requested := NULL;
      NEW.requested_at := NULL;
    END IF;
    -- The service gives a reason when it sets a job to failed; a person at psql gives none.
    IF NEW.status = 'failed' AND NEW.message IS NOT DISTINCT FROM OLD.message THEN
      NEW.message := 'Set to failed by hand. What was imported stays. Call resume to go on, or rollback to'
                     ' take it back.';
    END IF;
    IF NEW.status IN ('running', 'completed', 'failed', 'paused') AND NOT NEW.dry_run THEN
      NEW.milestones := array_append(
        NEW.milestones,
        CASE NEW.status WHEN 'running' THEN 'started' ELSE NEW.status END || ':' || gen_random_uuid());
    END IF;
  END IF;

  -- While a job runs its row may be a second old. Here the row becomes exact, whoever stops the job, and
  -- whatever was changed by hand. A session that may change jobs need not be able to read the ledger.
  IF NEW.status <> OLD.status AND 'running' IN (OLD.status, NEW.status) THEN
    NEW.summed := NULL;
    BEGIN
      SELECT * INTO ledger FROM backfill_sums(NEW.id, true);
      IF FOUND THEN
        NEW.processed_rows     := ledger.processed;
        NEW.successful_rows    := ledger.successful;
        NEW.failed_rows        := ledger.failed;
        NEW.skipped_rows       := ledger.skipped;
        NEW.updated_rows       := ledger.updated;
        NEW.last_processed_row := ledger.last_row;
        NEW.events             := ledger.events;
        NEW.events_published   := ledger.events_published;
        NEW.last_loaded_at     := ledger.last_loaded_at;
        NEW.summed             := ledger.summed;
      END IF;
    EXCEPTION WHEN insufficient_privilege OR undefined_function OR undefined_table THEN
      NULL;
    END;
  END IF;

  -- The times are counted by one clock.
  IF OLD.status = 'running' THEN
    -- A process that died worked until it last reported progress, not until another one noticed.
    NEW.ran := OLD.ran + greatest(
      CASE WHEN NEW.owner IS DISTINCT FROM OLD.owner THEN OLD.updated_at ELSE now() END - OLD.phase_at,
      interval '0');
  ELSIF OLD.status = 'pending' AND OLD.queued_at IS NOT NULL THEN
    NEW.waited := OLD.waited + greatest(now() - OLD.phase_at, interval '0');
  END IF;
  IF is_waiting OR NEW.status = 'running' THEN
    NEW.phase_at := now();
    NEW.causes := NULL;
  ELSIF NEW.causes IS NULL THEN
    BEGIN
      NEW.causes := backfill_causes(NEW.id);
    EXCEPTION WHEN OTHERS THEN
      -- A job must be able to end whatever is wrong with its rejects.
      NULL;
    END;
  END IF;
  RETURN NEW;
END $$;
