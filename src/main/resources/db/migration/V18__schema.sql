-- The schema of the service. It recognises what is there: tables of another service, and every schema that
-- an earlier version of this one made. Nothing of them is dropped or rewritten; what is missing is added.
-- Later changes are migrations of their own.

-- 1. The tables of others ----------------------------------------------------------------------------

-- Owned by the User Management API. Read by imports, never written by them. It may be a view, and in
-- any schema of the search path. Its index on lower(email) is made at the start, where it is missing.
DO $$
BEGIN
  IF to_regclass('users') IS NULL THEN
    CREATE TABLE users (
      id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      email      text NOT NULL UNIQUE,
      name       text,
      role       text,
      created_at timestamptz NOT NULL DEFAULT now()
    );
  END IF;
END $$;

DO $$
BEGIN
  IF to_regclass('kintell_sessions') IS NULL THEN
    CREATE TABLE kintell_sessions (
      id                  uuid PRIMARY KEY,
      external_session_id text NOT NULL,
      session_type        text NOT NULL,
      participant_id      uuid NOT NULL,
      volunteer_id        uuid NOT NULL,
      scheduled_at        timestamptz NOT NULL,
      completed_at        timestamptz NOT NULL,
      duration_minutes    integer NOT NULL,
      created_at          timestamptz NOT NULL DEFAULT now()
    );
    -- A foreign key needs a table with a key, and the right to refer to it. Without, the service looks
    -- the users of each chunk up.
    IF EXISTS (
      SELECT FROM pg_class AS users
        JOIN pg_index AS key ON key.indrelid = users.oid
        JOIN pg_attribute AS id ON id.attrelid = users.oid AND id.attnum = key.indkey[0]
       WHERE users.oid = 'users'::regclass
         AND users.relkind IN ('r', 'p')
         AND has_column_privilege(users.oid, id.attnum, 'REFERENCES')
         AND id.attname = 'id'
         AND key.indnkeyatts = 1 AND key.indisunique AND key.indimmediate AND key.indisvalid
         AND key.indpred IS NULL) THEN
      ALTER TABLE kintell_sessions
        ADD FOREIGN KEY (participant_id) REFERENCES users (id),
        ADD FOREIGN KEY (volunteer_id) REFERENCES users (id);
    END IF;
  END IF;
END $$;

-- Only the owner of a table may add to it, even what is there already.
DO $$
BEGIN
  IF (SELECT count(*) FROM pg_attribute
       WHERE attrelid = 'kintell_sessions'::regclass AND NOT attisdropped
         AND attname IN ('rating', 'feedback_text', 'language_level', 'job_id', 'source_row')) < 5 THEN
    ALTER TABLE kintell_sessions
      ADD COLUMN IF NOT EXISTS rating         numeric,
      ADD COLUMN IF NOT EXISTS feedback_text  text,
      ADD COLUMN IF NOT EXISTS language_level text,
      ADD COLUMN IF NOT EXISTS job_id         uuid,
      ADD COLUMN IF NOT EXISTS source_row     bigint;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION backfill_has_index(columns text[], is_unique boolean) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM pg_index AS found
     WHERE found.indrelid = 'kintell_sessions'::regclass
       AND found.indisvalid AND found.indpred IS NULL
       AND (found.indisunique AND found.indimmediate OR NOT is_unique)
       AND columns = (SELECT array_agg(attname::text ORDER BY place)
                        FROM unnest(found.indkey) WITH ORDINALITY AS key (number, place)
                        JOIN pg_attribute ON attrelid = found.indrelid AND attnum = number
                       WHERE place <= found.indnkeyatts))
$$;

DO $$
BEGIN
  IF NOT backfill_has_index('{external_session_id}', true) THEN
    CREATE UNIQUE INDEX kintell_sessions_external_session_id_key ON kintell_sessions (external_session_id);
  END IF;
  IF NOT backfill_has_index('{job_id,source_row}', false) THEN
    -- The keys of a partitioned table must hold what it is partitioned by.
    IF (SELECT relkind FROM pg_class WHERE oid = 'kintell_sessions'::regclass) = 'p' THEN
      CREATE INDEX kintell_sessions_job_id_source_row_idx ON kintell_sessions (job_id, source_row);
    ELSE
      CREATE UNIQUE INDEX kintell_sessions_job_id_source_row_key ON kintell_sessions (job_id, source_row);
    END IF;
  END IF;
END $$;

DROP FUNCTION backfill_has_index;


-- For operators: \copy a CSV in here and ask which users it lacks.
CREATE TABLE IF NOT EXISTS staging_csv_table (
  session_id        text,
  session_type      text,
  participant_email text,
  volunteer_email   text,
  date              text,
  duration_min      text,
  rating            text,
  feedback_text     text,
  language_level    text
);

-- PostgreSQL rounds only numeric to a number of digits; operators' queries round floats.
CREATE OR REPLACE FUNCTION round(double precision, integer) RETURNS numeric
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT pg_catalog.round($1::numeric, $2) $$;


-- 2. Jobs --------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS backfill_jobs (
  id         uuid PRIMARY KEY,
  file_name  text NOT NULL,
  status     text NOT NULL,
  total_rows bigint NOT NULL
);
ALTER TABLE backfill_jobs
  ADD COLUMN IF NOT EXISTS processed_rows     bigint NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS successful_rows    bigint NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS failed_rows        bigint NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS skipped_rows       bigint NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS updated_rows       bigint NOT NULL DEFAULT 0,
  -- The service has processed every row up to this one, except repeated ids that it set aside for the end.
  ADD COLUMN IF NOT EXISTS last_processed_row bigint NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS error_file_path    text,
  ADD COLUMN IF NOT EXISTS created_at         timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN IF NOT EXISTS started_at         timestamptz,
  ADD COLUMN IF NOT EXISTS completed_at       timestamptz,
  ADD COLUMN IF NOT EXISTS updated_at         timestamptz NOT NULL DEFAULT now(),
  -- What a person should know or do next.
  ADD COLUMN IF NOT EXISTS message            text,

  -- Set while the job waits for its turn or runs: the time of the request.
  ADD COLUMN IF NOT EXISTS queued_at          timestamptz,
  -- The process that queued or runs the job; alive as long as it holds the advisory lock of this number.
  ADD COLUMN IF NOT EXISTS owner              bigint,
  -- A stop that was requested of a running job. The process that runs the job obeys it at a chunk boundary.
  ADD COLUMN IF NOT EXISTS requested          text CHECK (requested IN ('pause', 'cancel')),
  ADD COLUMN IF NOT EXISTS requested_at       timestamptz,

  -- Of the unpacked content, to recognise the file when a client sends it again.
  ADD COLUMN IF NOT EXISTS sha256             text,
  ADD COLUMN IF NOT EXISTS size_bytes         bigint,
  -- The header record as it stood in the file, and how the file is written.
  ADD COLUMN IF NOT EXISTS header             bytea,
  ADD COLUMN IF NOT EXISTS delimiter          text,
  ADD COLUMN IF NOT EXISTS line_end           text,
  -- How the file was encoded. The stored file and the rejects are UTF-8 in any case.
  ADD COLUMN IF NOT EXISTS charset            text NOT NULL DEFAULT 'UTF-8',
  -- NULL for a job that is older than this column.
  ADD COLUMN IF NOT EXISTS origin             text CHECK (origin IN ('http', 'inbox')),
  -- A dry run imports nothing, publishes nothing, and is removed when its report is made.
  ADD COLUMN IF NOT EXISTS dry_run            boolean NOT NULL DEFAULT false,
  -- Of a job that was made of another one's rejects.
  ADD COLUMN IF NOT EXISTS parent_job_id      uuid REFERENCES backfill_jobs (id) ON DELETE SET NULL,
  -- By which a client recognises its own request, and the answer to the first one, word by word.
  ADD COLUMN IF NOT EXISTS idempotency_key    text,
  ADD COLUMN IF NOT EXISTS answer_status      integer,
  ADD COLUMN IF NOT EXISTS answer             text,

  -- What becomes of a row whose session exists: in kintell_sessions, or by an earlier row.
  ADD COLUMN IF NOT EXISTS on_duplicate       text NOT NULL DEFAULT 'reject'
    CHECK (on_duplicate IN ('reject', 'skip', 'update')),
  -- The error budget. The job pauses beyond it; then it is spent until a new one is given.
  ADD COLUMN IF NOT EXISTS max_errors         bigint CHECK (max_errors >= 0),
  ADD COLUMN IF NOT EXISTS max_error_rate     numeric CHECK (max_error_rate BETWEEN 0 AND 1),
  ADD COLUMN IF NOT EXISTS budget_spent       boolean NOT NULL DEFAULT false,

  -- The job's events that are not published yet, each as <event>:<event id>.
  ADD COLUMN IF NOT EXISTS milestones         text[] NOT NULL DEFAULT '{}',
  ADD COLUMN IF NOT EXISTS index_seconds      double precision,
  -- When the job last began to wait for its turn or to run, and how long it did so before that.
  ADD COLUMN IF NOT EXISTS phase_at           timestamptz,
  ADD COLUMN IF NOT EXISTS waited             interval NOT NULL DEFAULT '0',
  ADD COLUMN IF NOT EXISTS ran                interval NOT NULL DEFAULT '0',
  -- Rejected rows by cause, written at the job's end because rejects are removed later. NULL until then.
  ADD COLUMN IF NOT EXISTS causes             jsonb,
  -- When the service removed the stored file and the rejects of a job that was over long enough.
  ADD COLUMN IF NOT EXISTS purged_at          timestamptz;

CREATE INDEX IF NOT EXISTS backfill_jobs_created_at_idx ON backfill_jobs (created_at DESC);
CREATE INDEX IF NOT EXISTS backfill_jobs_list_idx ON backfill_jobs (created_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS backfill_jobs_open_idx ON backfill_jobs (owner)
  WHERE status IN ('pending', 'running');
CREATE INDEX IF NOT EXISTS backfill_jobs_milestones_idx ON backfill_jobs (id) WHERE milestones <> '{}';
CREATE INDEX IF NOT EXISTS backfill_jobs_parent_idx ON backfill_jobs (parent_job_id)
  WHERE parent_job_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS backfill_jobs_dry_run_idx ON backfill_jobs (owner) WHERE dry_run;
-- The second request with a key waits here for the first to commit.
CREATE UNIQUE INDEX IF NOT EXISTS backfill_jobs_idempotency_key_idx
  ON backfill_jobs (idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX IF NOT EXISTS backfill_jobs_unpurged_idx ON backfill_jobs (coalesce(completed_at, updated_at))
  WHERE purged_at IS NULL;

-- Of a job that an older service ran, one run from its start to its end is all that can be known.
UPDATE backfill_jobs
   SET ran = CASE WHEN completed_at > started_at THEN completed_at - started_at ELSE '0' END,
       phase_at = CASE WHEN status = 'running' THEN updated_at ELSE started_at END
 WHERE started_at IS NOT NULL AND phase_at IS NULL;
UPDATE backfill_jobs
   SET phase_at = queued_at
 WHERE status = 'pending' AND queued_at IS NOT NULL AND phase_at IS NULL;

-- Whether the process of this number lives: it holds the advisory lock of that number, which the
-- server takes from it when it dies.
CREATE OR REPLACE FUNCTION backfill_is_alive(owner bigint) RETURNS boolean LANGUAGE sql VOLATILE AS $$
  SELECT EXISTS (
    SELECT FROM pg_locks AS lock
     WHERE lock.locktype = 'advisory'
       AND lock.granted
       AND lock.objsubid = 1
       AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND (lock.classid::bigint << 32 | lock.objid::bigint) = owner)
$$;

-- 3. Chunks, rejects and what else belongs to a job --------------------------------------------------

-- The chunk plan, made once when the file is indexed, and the ledger of what was loaded. The ledger is the
-- outbox as well: a chunk's events are made from its sessions, and its line says how far they went.
CREATE TABLE IF NOT EXISTS backfill_chunks (
  job_id         uuid NOT NULL REFERENCES backfill_jobs (id) ON DELETE CASCADE,
  chunk_no       integer NOT NULL,
  -- A tail chunk holds rows whose session_id may have stood earlier in the file; it loads after all others,
  -- in order of chunk_no.
  tail           boolean NOT NULL,
  first_row      bigint NOT NULL,
  -- Rows of the file between the offsets, and how many of them this chunk loads.
  row_span       integer NOT NULL,
  row_count      integer NOT NULL,
  start_offset   bigint NOT NULL,
  end_offset     bigint NOT NULL,
  -- In a main chunk: its rows that were set aside. In a tail chunk: its rows, their offsets and lengths.
  aside_rows     bigint[] NOT NULL DEFAULT '{}',
  aside_offsets  bigint[] NOT NULL DEFAULT '{}',
  aside_lengths  integer[] NOT NULL DEFAULT '{}',
  state          text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'loaded')),
  successful     integer NOT NULL DEFAULT 0,
  failed         integer NOT NULL DEFAULT 0,
  loaded_at      timestamptz,
  published_at   timestamptz,
  -- The process that publishes, or published, the chunk's events; alive as an owner of jobs is.
  publisher      bigint,
  -- The stream's last sequence before the service sent the first of the chunk's events: none can stand
  -- before it. NULL where nothing was sent, or there is no stream.
  publish_from   bigint,
  skipped        integer NOT NULL DEFAULT 0,
  updated        integer NOT NULL DEFAULT 0,
  -- What a rollback removed; set in the statement that deletes the sessions. Of those removed, retracted are
  -- the ones whose events had gone out.
  removed        integer NOT NULL DEFAULT 0,
  retracted      integer NOT NULL DEFAULT 0,
  rolled_back_at timestamptz,
  -- How many processes began the chunk since its job was queued, and the last of them: a chunk that ends each
  -- process, for example because its rows are too long for the heap, is not begun without limit.
  begun          smallint NOT NULL DEFAULT 0,
  begun_by       bigint,
  PRIMARY KEY (job_id, chunk_no),
  CONSTRAINT backfill_chunks_whole
    CHECK (state = 'pending' OR successful + failed + skipped + updated = row_count),
  CHECK ((state = 'loaded') = (loaded_at IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS backfill_chunks_pending_idx ON backfill_chunks (job_id, tail, chunk_no)
  WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS backfill_chunks_unpublished_idx ON backfill_chunks (loaded_at)
  WHERE state = 'loaded' AND published_at IS NULL;

-- Without a foreign key, which would look the job up once for each reject: a third of all that PostgreSQL does
-- when a file is imported again. The process that holds the chunk's line locked writes them, and the triggers
-- of backfill_jobs remove them.
CREATE TABLE IF NOT EXISTS backfill_rejects (
  job_id     uuid NOT NULL,
  source_row bigint NOT NULL,
  chunk_no   integer NOT NULL,
  -- Bytes, because a row with invalid UTF-8 or NUL is no text. NULL for a row too long to be kept
  -- here: it is read from the stored file.
  raw        bytea,
  raw_offset bigint NOT NULL,
  raw_length bigint NOT NULL,
  causes     text[] NOT NULL,
  message    text NOT NULL,
  PRIMARY KEY (job_id, source_row)
);

-- Rejected rows of a job by cause; a row with two faults counts under both. Rows with the same causes are
-- counted before their causes are taken apart: of a million rejects there are few kinds.
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

-- Which session a row updated. The session keeps the job and the row that created it.
CREATE TABLE IF NOT EXISTS backfill_updates (
  job_id     uuid NOT NULL REFERENCES backfill_jobs (id) ON DELETE CASCADE,
  chunk_no   integer NOT NULL,
  source_row bigint NOT NULL,
  session_id uuid NOT NULL,
  -- A chunk's updates are read together, when its events are read back.
  PRIMARY KEY (job_id, chunk_no, source_row)
);
CREATE INDEX IF NOT EXISTS backfill_updates_session_idx ON backfill_updates (session_id);

-- Sessions that were published and removed since, until their retraction is published.
CREATE TABLE IF NOT EXISTS backfill_retractions (
  job_id              uuid NOT NULL REFERENCES backfill_jobs (id) ON DELETE CASCADE,
  session_id          uuid NOT NULL,
  external_session_id text NOT NULL,
  retracted_at        timestamptz NOT NULL DEFAULT now(),
  -- Later where the chunk's own events may still be on their way: they must come first.
  not_before          timestamptz NOT NULL DEFAULT now(),
  -- As for a chunk: the process that publishes it, and the stream's last sequence before it was first sent.
  publisher           bigint,
  publish_from        bigint,
  PRIMARY KEY (job_id, session_id)
);

-- Where the rows of a job come from that was made of rejects: for each row, the reject of its parent that it
-- was, the reject of the parent's parent, and so on. Any other job has no line here.
CREATE TABLE IF NOT EXISTS backfill_origins (
  job_id          uuid NOT NULL REFERENCES backfill_jobs (id) ON DELETE CASCADE,
  source_row      bigint NOT NULL,
  ancestor_job_id uuid NOT NULL REFERENCES backfill_jobs (id) ON DELETE CASCADE,
  ancestor_row    bigint NOT NULL,
  PRIMARY KEY (job_id, source_row, ancestor_job_id)
);
CREATE INDEX IF NOT EXISTS backfill_origins_ancestor_idx ON backfill_origins (ancestor_job_id, ancestor_row);

-- Which of a job's rejects a descendant has imported, or is about to import. A function, because a view would
-- keep people from changing the tables of sessions.
--
-- A reject is taken as well when another job has taken the row that it was in an ancestor of its job:
-- so a job's rejects and those of its child, which are the same rows, do not become two jobs. Not by
-- the ancestors themselves, which rejected it.
--
-- With a setting, so that it is not inlined: inside, one index look-up a row is right whatever the
-- tables' statistics know; outside, its rows are to be hashed.
CREATE OR REPLACE FUNCTION backfill_taken_rejects(ancestor uuid) RETURNS TABLE (ancestor_row bigint, job_id uuid)
  LANGUAGE sql STABLE ROWS 100000 SET enable_nestloop = on AS $$
  WITH RECURSIVE line AS (
    SELECT job.id, job.parent_job_id FROM backfill_jobs AS job WHERE job.id = ancestor
     UNION
    SELECT job.id, job.parent_job_id FROM line JOIN backfill_jobs AS job ON job.id = line.parent_job_id),
  taken AS (
    SELECT origin.ancestor_row, origin.job_id, origin.source_row
      FROM backfill_origins AS origin
     WHERE origin.ancestor_job_id = ancestor
     UNION ALL
    SELECT own.source_row, other.job_id, other.source_row
      FROM backfill_origins AS own
      JOIN backfill_origins AS other
        ON other.ancestor_job_id = own.ancestor_job_id AND other.ancestor_row = own.ancestor_row
     WHERE own.job_id = ancestor
       AND other.job_id NOT IN (SELECT id FROM line))
  SELECT taken.ancestor_row, taken.job_id
    FROM taken
    JOIN backfill_jobs AS job ON job.id = taken.job_id
   WHERE job.status IN ('pending', 'running', 'paused')
      OR EXISTS (
           SELECT FROM kintell_sessions AS session
            WHERE session.job_id = taken.job_id AND session.source_row = taken.source_row)
$$;

-- What dry runs find out. Without foreign keys, whose checks would cost more than the rest.

-- The ids that a dry run has given out, so that it recognises a repeat in a later chunk.
CREATE TABLE IF NOT EXISTS backfill_dry_run_sessions (
  job_id              uuid NOT NULL,
  external_session_id text NOT NULL,
  PRIMARY KEY (job_id, external_session_id)
);

CREATE TABLE IF NOT EXISTS backfill_dry_run_faults (
  job_id     uuid NOT NULL,
  cause      text NOT NULL,
  source_row bigint NOT NULL,
  -- All that is wrong with the row for this cause.
  message    text NOT NULL,
  -- The address that belongs to no user, where that is the cause.
  email      text,
  -- Of a duplicate, whether the session is in the database; else an earlier row has its id.
  stored     boolean,
  PRIMARY KEY (job_id, cause, source_row)
);

-- Who did what, and when. Lines are only added; those of a job go when its row does.
CREATE TABLE IF NOT EXISTS backfill_trail (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- The name of a key, the subject of a token, or inbox, jmx, jmx:<key>, local, service, sql:<role>.
  actor      text NOT NULL,
  -- Of the caller, where there is one.
  address    text,
  action     text NOT NULL,
  -- No foreign key: the line of a download must not wait for a job that is being changed.
  job_id     uuid,
  request_id text,
  -- Never row content or an address of a user.
  detail     text
);
CREATE INDEX IF NOT EXISTS backfill_trail_job_idx ON backfill_trail (job_id, id);

CREATE OR REPLACE FUNCTION backfill_keep_trail() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone boolean := false;
BEGIN
  IF TG_OP = 'DELETE' AND OLD.job_id IS NOT NULL THEN
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM %I.backfill_jobs WHERE id = $1)', TG_TABLE_SCHEMA)
      INTO gone USING OLD.job_id;
  END IF;
  IF NOT gone THEN
    RAISE EXCEPTION 'Lines of backfill_trail cannot be changed or removed'
      USING ERRCODE = 'restrict_violation', HINT = 'Those of a job go when its row does.';
  END IF;
  RETURN OLD;
END $$;

CREATE OR REPLACE TRIGGER backfill_trail_rows BEFORE UPDATE OR DELETE ON backfill_trail
  FOR EACH ROW EXECUTE FUNCTION backfill_keep_trail();
CREATE OR REPLACE TRIGGER backfill_trail_table BEFORE TRUNCATE ON backfill_trail
  FOR EACH STATEMENT EXECUTE FUNCTION backfill_keep_trail();
-- Also where a session replays the changes of another server.
ALTER TABLE backfill_trail ENABLE ALWAYS TRIGGER backfill_trail_rows;
ALTER TABLE backfill_trail ENABLE ALWAYS TRIGGER backfill_trail_table;

-- 4. The triggers of jobs -----------------------------------------------------------------------------
-- In the database, so that a status set by hand counts like any other, in the same commit.

-- First trigger: what a change of a job's state means for its row.
CREATE OR REPLACE FUNCTION backfill_change_job() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_waiting boolean := NEW.status = 'pending' AND NEW.queued_at IS NOT NULL;
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

-- Second trigger: what follows from a job that is made, changed or removed. It writes the trail, and removes
-- what has no foreign key. The service names the actor in its sessions; a session that names none is a person's
-- at psql. It runs with the rights of the table's owner: a role that may update jobs need not be able to write
-- the trail. PostgreSQL fires it after the foreign keys of the chunks, at which a deletion waits for a chunk
-- that is being written.
CREATE OR REPLACE FUNCTION backfill_follow_job() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  actor   text := nullif(current_setting('backfill.actor', true), '');
  address text := nullif(current_setting('backfill.address', true), '');
  request text := nullif(current_setting('backfill.request', true), '');
  job     uuid;
  action  text;
  detail  text;
BEGIN
  IF actor IS NULL THEN
    actor := 'sql:' || session_user;
    address := host(inet_client_addr());
  END IF;
  IF TG_OP = 'INSERT' THEN
    job := NEW.id;
    action := 'uploaded';
    detail := NEW.total_rows || ' rows of ' || NEW.file_name;
  ELSIF TG_OP = 'DELETE' THEN
    EXECUTE format('DELETE FROM %I.backfill_rejects WHERE job_id = $1', TG_TABLE_SCHEMA) USING OLD.id;
    EXECUTE format('DELETE FROM %I.backfill_trail WHERE job_id = $1', TG_TABLE_SCHEMA) USING OLD.id;
    IF OLD.dry_run THEN
      RETURN NULL;
    END IF;
    -- Of the job itself no line stays but this one, which belongs to no job.
    action := 'job-removed';
    detail := OLD.id || ', ' || OLD.file_name;
  ELSIF NEW.dry_run THEN
    RETURN NULL;
  ELSIF NEW.status <> OLD.status THEN
    job := NEW.id;
    action := CASE NEW.status WHEN 'pending' THEN 'resumed'
                              WHEN 'rolling_back' THEN 'rollback-requested'
                              ELSE replace(NEW.status, '_', '-') END;
    detail := 'was ' || OLD.status;
  ELSIF NEW.queued_at IS NOT NULL AND OLD.queued_at IS NULL THEN
    job := NEW.id;
    action := 'started';
  ELSIF NEW.requested IS DISTINCT FROM OLD.requested THEN
    job := NEW.id;
    action := coalesce(NEW.requested || '-requested', OLD.requested || '-withdrawn');
  ELSE
    RETURN NULL;
  END IF;
  EXECUTE format('INSERT INTO %I.backfill_trail (actor, address, action, job_id, request_id, detail)'
                 ' VALUES ($1, $2, $3, $4, $5, $6)', TG_TABLE_SCHEMA)
    USING actor, address, action, job, request, detail;
  RETURN NULL;
END $$;

-- Third trigger: TRUNCATE, which knows no rows. DELETE, because TRUNCATE refuses a table that the same
-- statement names.
CREATE OR REPLACE FUNCTION backfill_remove_all_jobs() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  EXECUTE format('DELETE FROM %I.backfill_rejects', TG_TABLE_SCHEMA);
  EXECUTE format('DELETE FROM %I.backfill_trail WHERE job_id IS NOT NULL', TG_TABLE_SCHEMA);
  EXECUTE format('INSERT INTO %I.backfill_trail (actor, action) VALUES ($1, ''all-jobs-removed'')', TG_TABLE_SCHEMA)
    USING coalesce(nullif(current_setting('backfill.actor', true), ''), 'sql:' || session_user);
  RETURN NULL;
END $$;

-- 5. What earlier versions left ----------------------------------------------------------------------

ALTER TABLE backfill_chunks
  ADD COLUMN IF NOT EXISTS begun    smallint NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS begun_by bigint;

-- A crash of the database empties unlogged tables, and a dry run outlives it.
DO $$
BEGIN
  IF 'u' = (SELECT relpersistence FROM pg_class WHERE oid = 'backfill_dry_run_faults'::regclass) THEN
    ALTER TABLE backfill_dry_run_sessions SET LOGGED;
    ALTER TABLE backfill_dry_run_faults SET LOGGED;
  END IF;
END $$;

DROP TRIGGER IF EXISTS backfill_jobs_explain ON backfill_jobs;
DROP TRIGGER IF EXISTS backfill_jobs_milestone ON backfill_jobs;
DROP TRIGGER IF EXISTS backfill_jobs_no_milestone ON backfill_jobs;
DROP TRIGGER IF EXISTS backfill_jobs_times ON backfill_jobs;
DROP TRIGGER IF EXISTS backfill_jobs_transition ON backfill_jobs;
DROP TRIGGER IF EXISTS backfill_jobs_removed ON backfill_jobs;
DROP TRIGGER IF EXISTS backfill_jobs_trail_created ON backfill_jobs;
DROP TRIGGER IF EXISTS backfill_jobs_trail_changed ON backfill_jobs;
DROP TRIGGER IF EXISTS backfill_jobs_trail_removed ON backfill_jobs;
DROP TRIGGER IF EXISTS backfill_jobs_trail_truncated ON backfill_jobs;
DROP FUNCTION IF EXISTS backfill_explain_failure, backfill_note_milestone, backfill_forget_milestones,
  backfill_note_times, backfill_check_transition, backfill_remove_rejects, backfill_remove_all_rejects,
  backfill_note_trail, backfill_end_trail, backfill_fields CASCADE;

CREATE OR REPLACE TRIGGER backfill_jobs_changed BEFORE UPDATE OF status, queued_at, owner ON backfill_jobs
  FOR EACH ROW
  WHEN ((OLD.status, OLD.queued_at IS NULL, OLD.owner)
        IS DISTINCT FROM (NEW.status, NEW.queued_at IS NULL, NEW.owner))
  EXECUTE FUNCTION backfill_change_job();
CREATE OR REPLACE TRIGGER backfill_jobs_followed
  AFTER INSERT OR UPDATE OF status, queued_at, requested OR DELETE ON backfill_jobs
  FOR EACH ROW EXECUTE FUNCTION backfill_follow_job();
CREATE OR REPLACE TRIGGER backfill_jobs_truncated AFTER TRUNCATE ON backfill_jobs
  FOR EACH STATEMENT EXECUTE FUNCTION backfill_remove_all_jobs();
