-- The tables of the backfill. They may already exist, made by an older service: then nothing of
-- them is dropped or rewritten, and only the columns and indexes that are missing are added.

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
  -- Every row up to this one is settled, but for repeated ids set aside for the end.
  ADD COLUMN IF NOT EXISTS last_processed_row bigint NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS error_file_path    text,
  ADD COLUMN IF NOT EXISTS created_at         timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN IF NOT EXISTS started_at         timestamptz,
  ADD COLUMN IF NOT EXISTS completed_at       timestamptz,
  ADD COLUMN IF NOT EXISTS updated_at         timestamptz NOT NULL DEFAULT now(),
  -- What a person should know or do next.
  ADD COLUMN IF NOT EXISTS message            text,
  -- Set while the job waits for its turn or runs: when it was asked to.
  ADD COLUMN IF NOT EXISTS queued_at          timestamptz,
  -- The process that queued or runs the job; alive as long as it holds the advisory lock of this number.
  ADD COLUMN IF NOT EXISTS owner              bigint,
  -- Of the unpacked content, to recognise the file when it is sent again.
  ADD COLUMN IF NOT EXISTS sha256             text,
  ADD COLUMN IF NOT EXISTS size_bytes         bigint,
  -- The header record as it stood in the file, and how the file is written.
  ADD COLUMN IF NOT EXISTS header             bytea,
  ADD COLUMN IF NOT EXISTS delimiter          text,
  ADD COLUMN IF NOT EXISTS line_end           text;
CREATE INDEX IF NOT EXISTS backfill_jobs_created_at_idx ON backfill_jobs (created_at DESC);
CREATE INDEX IF NOT EXISTS backfill_jobs_open_idx ON backfill_jobs (owner)
  WHERE status IN ('pending', 'running');

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

CREATE FUNCTION backfill_has_index(columns text[], is_unique boolean) RETURNS boolean LANGUAGE sql STABLE AS $$
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

-- The chunk plan, made once when the file is indexed, and the ledger of what was loaded.
CREATE TABLE backfill_chunks (
  job_id        uuid NOT NULL REFERENCES backfill_jobs (id) ON DELETE CASCADE,
  chunk_no      integer NOT NULL,
  -- A tail chunk holds rows whose session_id may have stood earlier in the file; it loads after
  -- all others, in order of chunk_no.
  tail          boolean NOT NULL,
  first_row     bigint NOT NULL,
  -- Rows of the file between the offsets, and how many of them this chunk loads.
  row_span      integer NOT NULL,
  row_count     integer NOT NULL,
  start_offset  bigint NOT NULL,
  end_offset    bigint NOT NULL,
  -- In a main chunk: its rows that were set aside. In a tail chunk: its rows, their offsets and lengths.
  aside_rows    bigint[] NOT NULL DEFAULT '{}',
  aside_offsets bigint[] NOT NULL DEFAULT '{}',
  aside_lengths integer[] NOT NULL DEFAULT '{}',
  state         text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'loaded')),
  successful    integer NOT NULL DEFAULT 0,
  failed        integer NOT NULL DEFAULT 0,
  loaded_at     timestamptz,
  published_at  timestamptz,
  PRIMARY KEY (job_id, chunk_no),
  CHECK (state = 'pending' OR successful + failed = row_count),
  CHECK ((state = 'loaded') = (loaded_at IS NOT NULL))
);
CREATE INDEX backfill_chunks_pending_idx ON backfill_chunks (job_id, tail, chunk_no)
  WHERE state = 'pending';

CREATE TABLE backfill_rejects (
  job_id     uuid NOT NULL REFERENCES backfill_jobs (id) ON DELETE CASCADE,
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

-- Whether the process of this number lives: it holds the advisory lock of that number, which the
-- server takes from it when it dies.
CREATE FUNCTION backfill_is_alive(owner bigint) RETURNS boolean LANGUAGE sql VOLATILE AS $$
  SELECT EXISTS (
    SELECT FROM pg_locks AS lock
     WHERE lock.locktype = 'advisory'
       AND lock.granted
       AND lock.objsubid = 1
       AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND (lock.classid::bigint << 32 | lock.objid::bigint) = owner)
$$;
