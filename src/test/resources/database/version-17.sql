-- A database that version 17 of the schema made (pg_dump --inserts): a completed job, its rejects, a job of these
-- rejects, and a job that is pending.
SET check_function_bodies = false;
CREATE FUNCTION public.backfill_address_pattern(address text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
    AS $$
  SELECT '(^|[^0-9A-Za-z\u0080-\u00ff._%+''-]|(?:^|[^0-9A-Za-z\u0080-\u00ff])[._%+''-])'
         || regexp_replace(convert_from(convert_to(address, 'UTF8'), 'LATIN1'),
                           '([^0-9A-Za-z\u0080-\u00ff])', '\\\1', 'g')
         || '(?![0-9A-Za-z\u0080-\u00ff])(?![.-][0-9A-Za-z\u0080-\u00ff])'
$$;
CREATE FUNCTION public.backfill_causes(job uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  SELECT coalesce(jsonb_object_agg(counted.cause, counted.rows), '{}')
    FROM (SELECT cause, CAST(sum(alike.rows) AS bigint) AS rows
            FROM (SELECT reject.causes, count(*) AS rows
                    FROM backfill_rejects AS reject
                   WHERE reject.job_id = job
                   GROUP BY reject.causes) AS alike,
                 unnest(alike.causes) AS cause
           GROUP BY cause) AS counted
$$;
CREATE FUNCTION public.backfill_check_transition() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
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
  -- Whatever was asked of the job while it ran is reached, or has come too late.
  IF NEW.status <> 'running' THEN
    NEW.requested := NULL;
    NEW.requested_at := NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION public.backfill_end_trail() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $_$
DECLARE
  actor text := coalesce(nullif(current_setting('backfill.actor', true), ''), 'sql:' || session_user);
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    EXECUTE format('DELETE FROM %I.backfill_trail WHERE job_id IS NOT NULL', TG_TABLE_SCHEMA);
    EXECUTE format('INSERT INTO %I.backfill_trail (actor, action) VALUES ($1, ''all-jobs-removed'')',
                   TG_TABLE_SCHEMA) USING actor;
    RETURN NULL;
  END IF;
  EXECUTE format('DELETE FROM %I.backfill_trail AS line USING gone WHERE line.job_id = gone.id',
                 TG_TABLE_SCHEMA);
  EXECUTE format('INSERT INTO %I.backfill_trail (actor, address, action, detail)'
                 ' SELECT $1, host(inet_client_addr()), ''job-removed'', id || '', '' || file_name'
                 ' FROM gone WHERE NOT dry_run', TG_TABLE_SCHEMA) USING actor;
  RETURN NULL;
END $_$;
CREATE FUNCTION public.backfill_erase(address text, dry_run boolean DEFAULT false) RETURNS TABLE(what text, lines bigint)
    LANGUAGE plpgsql
    AS $_$
#variable_conflict use_variable
DECLARE
  found     bigint;
  open_jobs text;
  report    jsonb := '{}';
BEGIN
  address := btrim(address);
  IF address IS NULL OR address !~ '^[^@\s]+@[^@\s]+$' THEN
    RAISE EXCEPTION 'That is no e-mail address' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  CREATE TEMPORARY TABLE erased_rejects ON COMMIT DROP AS
  SELECT reject.job_id, reject.source_row, job.status,
         backfill_erased_record(reject.raw, address, job.delimiter, job.header) AS raw,
         convert_from(convert_to(backfill_without_address(
           convert_from(convert_to(reject.message, 'UTF8'), 'LATIN1'), address), 'LATIN1'), 'UTF8') AS message
    FROM backfill_rejects AS reject
    JOIN backfill_jobs AS job ON job.id = reject.job_id
   -- A look that takes little, at all rows; which of them hold the address itself is found out after it.
   WHERE EXISTS (SELECT FROM unnest(backfill_spellings(address)) AS spelling
                  WHERE strpos(lower(encode(reject.raw, 'escape')),
                               lower(encode(convert_to(spelling, 'UTF8'), 'escape'))) > 0
                     OR strpos(lower(reject.message), lower(spelling)) > 0);
  DELETE FROM erased_rejects AS erased
   USING backfill_rejects AS reject
   WHERE reject.job_id = erased.job_id AND reject.source_row = erased.source_row
     AND reject.raw IS NOT DISTINCT FROM erased.raw AND reject.message = erased.message;
  SELECT string_agg(DISTINCT job_id::text, ', ') INTO open_jobs
    FROM erased_rejects
   WHERE status NOT IN ('completed', 'cancelled', 'rolled_back');
  IF open_jobs IS NOT NULL AND NOT dry_run THEN
    RAISE EXCEPTION 'Jobs with rows of this person are not over: %', open_jobs
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Wait for their end, or cancel them.';
  END IF;
  SELECT count(*) INTO found FROM erased_rejects;
  report := report || jsonb_build_object('rejects', found);
  IF NOT dry_run THEN
    UPDATE backfill_rejects AS reject
       SET raw = erased.raw, message = erased.message
      FROM erased_rejects AS erased
     WHERE reject.job_id = erased.job_id AND reject.source_row = erased.source_row;
  END IF;
  DROP TABLE erased_rejects;
  IF dry_run THEN
    SELECT count(*) INTO found
      FROM kintell_sessions AS session
     WHERE session.feedback_text IS NOT NULL
       AND (session.participant_id IN (SELECT person.id FROM users AS person WHERE lower(person.email) = lower(address))
            OR session.volunteer_id IN (SELECT person.id FROM users AS person WHERE lower(person.email) = lower(address)));
  ELSE
    UPDATE kintell_sessions AS session
       SET feedback_text = NULL
     WHERE session.feedback_text IS NOT NULL
       AND (session.participant_id IN (SELECT person.id FROM users AS person WHERE lower(person.email) = lower(address))
            OR session.volunteer_id IN (SELECT person.id FROM users AS person WHERE lower(person.email) = lower(address)));
    GET DIAGNOSTICS found = ROW_COUNT;
  END IF;
  report := report || jsonb_build_object('sessions', found);
  IF dry_run THEN
    SELECT count(*) INTO found FROM backfill_dry_run_faults AS fault WHERE lower(fault.email) = lower(address);
  ELSE
    UPDATE backfill_dry_run_faults AS fault
       SET email = repeat('*', length(address)), message = repeat('*', length(fault.message))
     WHERE lower(fault.email) = lower(address);
    GET DIAGNOSTICS found = ROW_COUNT;
  END IF;
  report := report || jsonb_build_object('dryRunFaults', found);
  IF dry_run THEN
    SELECT count(*) INTO found FROM staging_csv_table AS staged
     WHERE lower(address) IN (lower(btrim(staged.participant_email)), lower(btrim(staged.volunteer_email)));
  ELSE
    UPDATE staging_csv_table AS staged
       SET feedback_text = NULL,
           participant_email = CASE WHEN lower(btrim(participant_email)) = lower(address)
                                    THEN repeat('*', length(address)) ELSE participant_email END,
           volunteer_email   = CASE WHEN lower(btrim(volunteer_email)) = lower(address)
                                    THEN repeat('*', length(address)) ELSE volunteer_email END
     WHERE lower(address) IN (lower(btrim(staged.participant_email)), lower(btrim(staged.volunteer_email)));
    GET DIAGNOSTICS found = ROW_COUNT;
  END IF;
  report := report || jsonb_build_object('stagingRows', found);
  -- The service notes what it erases, files included, itself.
  IF NOT dry_run AND coalesce(current_setting('backfill.actor', true), '') = '' THEN
    INSERT INTO backfill_trail (actor, address, action, detail)
    VALUES ('sql:' || session_user, host(inet_client_addr()), 'erased', 'in the database: ' || report::text);
  END IF;
  RETURN QUERY SELECT each.key, each.value::bigint FROM jsonb_each_text(report) AS each;
END $_$;
CREATE FUNCTION public.backfill_erased_record(raw bytea, address text, delimiter text, header bytea) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE
    AS $_$
DECLARE
  given     text;
  erased    text;
  bytes     bytea;
  name_ends integer[];
  names     text[];
  width     integer;
  place     integer;
  ends      integer[];
  start     integer;
  size      integer;
  trimmed   text;
  own       text;
  kept      integer := 0;
  split     boolean;
BEGIN
  IF position('\x00'::bytea IN raw) > 0 THEN
    RETURN convert_to(repeat('*', octet_length(raw)), 'LATIN1');
  END IF;
  given := convert_from(raw, 'LATIN1');
  erased := backfill_without_address(given, address);
  IF erased = given THEN
    RETURN raw;
  END IF;
  bytes := convert_to(erased, 'LATIN1');
  -- A copy: the stored one may be packed, and is unpacked at each look.
  header := header || ''::bytea;
  name_ends := backfill_field_ends(header, delimiter, 10000);
  names := ARRAY(SELECT convert_from(substring(header FROM coalesce(name_ends[no - 1] + 2, 1)
                                               FOR name_ends[no] - coalesce(name_ends[no - 1] + 1, 0)), 'LATIN1')
                   FROM generate_subscripts(name_ends, 1) AS no
                  ORDER BY no);
  SELECT max(no) FILTER (WHERE name ~ '[^[:space:]"]'),
         min(no) FILTER (WHERE regexp_replace(lower(name), '[^a-z0-9]', '', 'g') = 'feedbacktext')
    INTO width, place
    FROM unnest(names) WITH ORDINALITY AS each (name, no);
  ends := backfill_field_ends(bytes, delimiter, width);
  -- Empty cells beyond the header are of no column.
  split := coalesce(cardinality(ends) = width
                    AND substr(erased, ends[width] + 1) !~ ('[^' || delimiter || '\t-\r\u001c-\u0020]'), false);
  -- A row of an error file that was rejected because it does not split into columns was filled up since.
  IF 'errorrow' IN (SELECT regexp_replace(lower(name), '[^a-z0-9]', '', 'g') FROM unnest(names) AS name)
     AND (strpos(erased, 'Column count mismatch') > 0 OR strpos(erased, 'Invalid quoting') > 0) THEN
    split := false;
    trimmed := rtrim(erased, delimiter || '" ');
    own := substring(right(trimmed, 128) FROM
                     '[' || delimiter || ']"?[0-9]+"?[' || delimiter || ']"?'
                     '(?:Column count mismatch: expected [0-9]+ found [0-9]+|Invalid quoting)$');
    kept := coalesce(length(own) + length(erased) - length(trimmed), 0);
  END IF;
  IF split THEN
    start := coalesce(ends[place - 1] + 1, 0);
    size := ends[place] - start;
    IF size >= 2 AND get_byte(bytes, start) = ascii('"') THEN
      start := start + 1;
      size := size - 2;
    END IF;
    RETURN substring(bytes FROM 1 FOR start) || convert_to(repeat(' ', size), 'LATIN1')
           || substring(bytes FROM start + size + 1);
  END IF;
  RETURN convert_to(regexp_replace(left(erased, length(erased) - kept),
                                   '[^"\r\n' || coalesce(delimiter, ',') || ']', '*', 'g')
                    || right(erased, kept), 'LATIN1');
END $_$;
CREATE FUNCTION public.backfill_explain_failure() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  NEW.message := 'Set to failed by hand. What was imported stays. Call resume to go on, or rollback to'
                 ' take it back.';
  RETURN NEW;
END $$;
CREATE FUNCTION public.backfill_field_ends(record bytea, delimiter text, most integer) RETURNS integer[]
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
DECLARE
  total integer := octet_length(record);
  place integer := 0;
  ends  integer[] := '{}';
  part  text;
  step  integer;
BEGIN
  WHILE cardinality(ends) < most LOOP
    IF place < total AND get_byte(record, place) = ascii('"') THEN
      place := place + 1;
      LOOP
        part := convert_from(substring(record FROM place + 1 FOR 4096), 'LATIN1');
        step := length(substring(part FROM '^(?:[^"]|"")*'));
        EXIT WHEN step = 0;
        place := place + step;
      END LOOP;
      IF place = total THEN
        RETURN NULL;
      END IF;
      place := place + 1;
      IF place < total AND get_byte(record, place) <> ascii(delimiter) THEN
        RETURN NULL;
      END IF;
    ELSE
      LOOP
        part := convert_from(substring(record FROM place + 1 FOR 4096), 'LATIN1');
        step := strpos(part, delimiter);
        place := place + CASE step WHEN 0 THEN length(part) ELSE step - 1 END;
        EXIT WHEN step > 0 OR place = total;
      END LOOP;
    END IF;
    ends := ends || place;
    EXIT WHEN place = total;
    place := place + 1;
  END LOOP;
  RETURN ends;
END $$;
CREATE FUNCTION public.backfill_forget_milestones() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  NEW.milestones := '{}';
  RETURN NEW;
END $$;
CREATE FUNCTION public.backfill_is_alive(owner bigint) RETURNS boolean
    LANGUAGE sql
    AS $$
  SELECT EXISTS (
    SELECT FROM pg_locks AS lock
     WHERE lock.locktype = 'advisory'
       AND lock.granted
       AND lock.objsubid = 1
       AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND (lock.classid::bigint << 32 | lock.objid::bigint) = owner)
$$;
CREATE FUNCTION public.backfill_keep_trail() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
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
END $_$;
CREATE FUNCTION public.backfill_note_milestone() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  NEW.milestones := array_append(
    NEW.milestones,
    CASE NEW.status WHEN 'running' THEN 'started' ELSE NEW.status END || ':' || gen_random_uuid());
  RETURN NEW;
END $$;
CREATE FUNCTION public.backfill_note_times() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  was_waiting boolean := OLD.status = 'pending' AND OLD.queued_at IS NOT NULL;
  is_waiting  boolean := NEW.status = 'pending' AND NEW.queued_at IS NOT NULL;
BEGIN
  IF OLD.status = 'running' THEN
    -- A process that died worked until it last reported progress, not until it was missed.
    NEW.ran := OLD.ran + greatest(
      CASE WHEN NEW.owner IS DISTINCT FROM OLD.owner THEN OLD.updated_at ELSE now() END - OLD.phase_at,
      interval '0');
  ELSIF was_waiting THEN
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
CREATE FUNCTION public.backfill_note_trail() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $_$
DECLARE
  actor   text := nullif(current_setting('backfill.actor', true), '');
  address text := nullif(current_setting('backfill.address', true), '');
  request text := nullif(current_setting('backfill.request', true), '');
  action  text;
  detail  text;
BEGIN
  IF actor IS NULL THEN
    actor := 'sql:' || session_user;
    address := host(inet_client_addr());
  END IF;
  IF TG_OP = 'INSERT' THEN
    action := 'uploaded';
    detail := NEW.total_rows || ' rows of ' || NEW.file_name;
  ELSIF NEW.status <> OLD.status THEN
    action := CASE NEW.status WHEN 'pending' THEN 'resumed'
                              WHEN 'rolling_back' THEN 'rollback-requested'
                              ELSE replace(NEW.status, '_', '-') END;
    detail := 'was ' || OLD.status;
  ELSIF NEW.queued_at IS NOT NULL AND OLD.queued_at IS NULL THEN
    action := 'started';
  ELSIF NEW.requested IS DISTINCT FROM OLD.requested THEN
    action := coalesce(NEW.requested || '-requested', OLD.requested || '-withdrawn');
  ELSE
    RETURN NULL;
  END IF;
  EXECUTE format('INSERT INTO %I.backfill_trail (actor, address, action, job_id, request_id, detail)'
                 ' VALUES ($1, $2, $3, $4, $5, $6)', TG_TABLE_SCHEMA)
    USING actor, address, action, NEW.id, request, detail;
  RETURN NULL;
END $_$;
CREATE FUNCTION public.backfill_remove_all_rejects() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  DELETE FROM backfill_rejects;
  RETURN NULL;
END $$;
CREATE FUNCTION public.backfill_remove_rejects() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  DELETE FROM backfill_rejects AS reject USING gone WHERE reject.job_id = gone.id;
  RETURN NULL;
END $$;
CREATE FUNCTION public.backfill_spellings(address text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT
    AS $$
  SELECT array_agg(DISTINCT each)
    FROM unnest(ARRAY[address, lower(address), upper(address)]) AS each
   WHERE each = address OR each ~ '[^\u0001-\u007f]'
$$;
CREATE FUNCTION public.backfill_taken_rejects(ancestor uuid) RETURNS TABLE(ancestor_row bigint, job_id uuid)
    LANGUAGE sql STABLE ROWS 100000
    SET enable_nestloop TO 'on'
    AS $$
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
CREATE FUNCTION public.backfill_without_address(given text, address text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
DECLARE
  spelling text;
  before   text;
BEGIN
  FOREACH spelling IN ARRAY backfill_spellings(address) LOOP
    -- Again where the end of one address is what stands before the next: that takes one more round.
    LOOP
      before := given;
      given := regexp_replace(given, backfill_address_pattern(spelling),
                              '\1' || repeat('*', octet_length(convert_to(spelling, 'UTF8'))), 'gi');
      EXIT WHEN given = before;
    END LOOP;
  END LOOP;
  RETURN given;
END $$;
CREATE FUNCTION public.round(double precision, integer) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$ SELECT pg_catalog.round($1::numeric, $2) $_$;
CREATE TABLE public.backfill_chunks (
    job_id uuid NOT NULL,
    chunk_no integer NOT NULL,
    tail boolean NOT NULL,
    first_row bigint NOT NULL,
    row_span integer NOT NULL,
    row_count integer NOT NULL,
    start_offset bigint NOT NULL,
    end_offset bigint NOT NULL,
    aside_rows bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    aside_offsets bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    aside_lengths integer[] DEFAULT '{}'::integer[] NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    successful integer DEFAULT 0 NOT NULL,
    failed integer DEFAULT 0 NOT NULL,
    loaded_at timestamp with time zone,
    published_at timestamp with time zone,
    publisher bigint,
    publish_from bigint,
    skipped integer DEFAULT 0 NOT NULL,
    updated integer DEFAULT 0 NOT NULL,
    removed integer DEFAULT 0 NOT NULL,
    retracted integer DEFAULT 0 NOT NULL,
    rolled_back_at timestamp with time zone,
    begun smallint DEFAULT 0 NOT NULL,
    begun_by bigint,
    CONSTRAINT backfill_chunks_check1 CHECK (((state = 'loaded'::text) = (loaded_at IS NOT NULL))),
    CONSTRAINT backfill_chunks_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'loaded'::text]))),
    CONSTRAINT backfill_chunks_whole CHECK (((state = 'pending'::text) OR ((((successful + failed) + skipped) + updated) = row_count)))
);
CREATE TABLE public.backfill_dry_run_faults (
    job_id uuid NOT NULL,
    cause text NOT NULL,
    source_row bigint NOT NULL,
    message text NOT NULL,
    email text,
    stored boolean
);
CREATE TABLE public.backfill_dry_run_sessions (
    job_id uuid NOT NULL,
    external_session_id text NOT NULL
);
CREATE TABLE public.backfill_jobs (
    id uuid NOT NULL,
    file_name text NOT NULL,
    status text NOT NULL,
    total_rows bigint NOT NULL,
    processed_rows bigint DEFAULT 0 NOT NULL,
    successful_rows bigint DEFAULT 0 NOT NULL,
    failed_rows bigint DEFAULT 0 NOT NULL,
    last_processed_row bigint DEFAULT 0 NOT NULL,
    error_file_path text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    message text,
    queued_at timestamp with time zone,
    owner bigint,
    sha256 text,
    size_bytes bigint,
    header bytea,
    delimiter text,
    line_end text,
    milestones text[] DEFAULT '{}'::text[] NOT NULL,
    requested text,
    requested_at timestamp with time zone,
    max_errors bigint,
    max_error_rate numeric,
    budget_spent boolean DEFAULT false NOT NULL,
    on_duplicate text DEFAULT 'reject'::text NOT NULL,
    skipped_rows bigint DEFAULT 0 NOT NULL,
    updated_rows bigint DEFAULT 0 NOT NULL,
    parent_job_id uuid,
    dry_run boolean DEFAULT false NOT NULL,
    origin text,
    index_seconds double precision,
    phase_at timestamp with time zone,
    waited interval DEFAULT '00:00:00'::interval NOT NULL,
    ran interval DEFAULT '00:00:00'::interval NOT NULL,
    causes jsonb,
    charset text DEFAULT 'UTF-8'::text NOT NULL,
    idempotency_key text,
    answer_status integer,
    answer text,
    purged_at timestamp with time zone,
    CONSTRAINT backfill_jobs_max_error_rate_check CHECK (((max_error_rate >= (0)::numeric) AND (max_error_rate <= (1)::numeric))),
    CONSTRAINT backfill_jobs_max_errors_check CHECK ((max_errors >= 0)),
    CONSTRAINT backfill_jobs_on_duplicate_check CHECK ((on_duplicate = ANY (ARRAY['reject'::text, 'skip'::text, 'update'::text]))),
    CONSTRAINT backfill_jobs_origin_check CHECK ((origin = ANY (ARRAY['http'::text, 'inbox'::text]))),
    CONSTRAINT backfill_jobs_requested_check CHECK ((requested = ANY (ARRAY['pause'::text, 'cancel'::text])))
);
CREATE TABLE public.backfill_origins (
    job_id uuid NOT NULL,
    source_row bigint NOT NULL,
    ancestor_job_id uuid NOT NULL,
    ancestor_row bigint NOT NULL
);
CREATE TABLE public.backfill_rejects (
    job_id uuid NOT NULL,
    source_row bigint NOT NULL,
    chunk_no integer NOT NULL,
    raw bytea,
    raw_offset bigint NOT NULL,
    raw_length bigint NOT NULL,
    causes text[] NOT NULL,
    message text NOT NULL
);
CREATE TABLE public.backfill_retractions (
    job_id uuid NOT NULL,
    session_id uuid NOT NULL,
    external_session_id text NOT NULL,
    retracted_at timestamp with time zone DEFAULT now() NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    publisher bigint,
    publish_from bigint
);
CREATE TABLE public.backfill_schema_history (
    installed_rank integer NOT NULL,
    version character varying(50),
    description character varying(200) NOT NULL,
    type character varying(20) NOT NULL,
    script character varying(1000) NOT NULL,
    checksum integer,
    installed_by character varying(100) NOT NULL,
    installed_on timestamp without time zone DEFAULT now() NOT NULL,
    execution_time integer NOT NULL,
    success boolean NOT NULL
);
CREATE TABLE public.backfill_trail (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    actor text NOT NULL,
    address text,
    action text NOT NULL,
    job_id uuid,
    request_id text,
    detail text
);
ALTER TABLE public.backfill_trail ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.backfill_trail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.backfill_updates (
    job_id uuid NOT NULL,
    chunk_no integer NOT NULL,
    source_row bigint NOT NULL,
    session_id uuid NOT NULL
);
CREATE TABLE public.kintell_sessions (
    id uuid NOT NULL,
    external_session_id text NOT NULL,
    session_type text NOT NULL,
    participant_id uuid NOT NULL,
    volunteer_id uuid NOT NULL,
    scheduled_at timestamp with time zone NOT NULL,
    completed_at timestamp with time zone NOT NULL,
    duration_minutes integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    rating numeric,
    feedback_text text,
    language_level text,
    job_id uuid,
    source_row bigint
);
CREATE TABLE public.staging_csv_table (
    session_id text,
    session_type text,
    participant_email text,
    volunteer_email text,
    date text,
    duration_min text,
    rating text,
    feedback_text text,
    language_level text
);
CREATE TABLE public.users (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    email text NOT NULL,
    name text,
    role text,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
INSERT INTO public.backfill_chunks VALUES ('1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 0, false, 1, 12, 11, 112, 1490, '{10}', '{}', '{}', 'loaded', 8, 3, '2026-11-27 21:32:19.5901+00', '2026-11-27 21:32:20.038133+00', 6410424363568265813, 1, 0, 0, 0, 0, NULL, 1, 6410424363568265813);
INSERT INTO public.backfill_chunks VALUES ('1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 1, true, 10, 0, 1, 1162, 1280, '{10}', '{1162}', '{118}', 'loaded', 0, 1, '2026-11-27 21:32:19.942245+00', '2026-11-27 21:32:19.942245+00', NULL, NULL, 0, 0, 0, 0, NULL, 1, 6410424363568265813);
INSERT INTO public.backfill_chunks VALUES ('3556b038-719e-43ba-a142-a57653f8d5ca', 0, false, 1, 12, 11, 112, 1394, '{10}', '{}', '{}', 'pending', 0, 0, NULL, NULL, NULL, NULL, 0, 0, 0, 0, NULL, 0, NULL);
INSERT INTO public.backfill_chunks VALUES ('3556b038-719e-43ba-a142-a57653f8d5ca', 1, true, 10, 0, 1, 1090, 1200, '{10}', '{1090}', '{110}', 'pending', 0, 0, NULL, NULL, NULL, NULL, 0, 0, 0, 0, NULL, 0, NULL);
INSERT INTO public.backfill_chunks VALUES ('94377e36-c9a7-42d1-a5ff-c312394e693b', 0, false, 1, 4, 4, 138, 777, '{}', '{}', '{}', 'loaded', 0, 4, '2026-11-27 21:32:43.720373+00', '2026-11-27 21:32:43.720373+00', NULL, NULL, 0, 0, 0, 0, NULL, 1, 6410424363568265813);
INSERT INTO public.backfill_jobs VALUES ('1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 'kintell_sessions.csv', 'completed', 12, 12, 8, 4, 12, '/tmp/backfill_errors_1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d.csv', '2026-11-27 21:32:02.858288+00', '2026-11-27 21:32:17.24848+00', '2026-11-27 21:32:20.732313+00', '2026-11-27 21:32:20.732313+00', NULL, NULL, 6410424363568265813, '71371c266178a0657ee5a99d5906c2352a16541c86781b5ab4985bd930ba5b24', 1490, '\x73657373696f6e5f69642c73657373696f6e5f747970652c7061727469636970616e745f656d61696c2c766f6c756e746565725f656d61696c2c646174652c6475726174696f6e5f6d696e2c726174696e672c666565646261636b5f746578742c6c616e67756167655f6c6576656c', ',', '
', '{}', NULL, NULL, NULL, NULL, false, 'reject', 0, 0, NULL, false, 'http', 0.595033902, '2026-11-27 21:32:17.24848+00', '00:00:00.053985', '00:00:03.483833', '{"invalid-date": 1, "invalid-rating": 1, "duplicate-session-id": 1, "unknown-session-type": 1, "participant-not-found": 1}', 'UTF-8', NULL, NULL, NULL, NULL);
INSERT INTO public.backfill_jobs VALUES ('3556b038-719e-43ba-a142-a57653f8d5ca', 'new.csv', 'pending', 12, 0, 0, 0, 0, NULL, '2026-11-27 21:32:23.586156+00', NULL, NULL, '2026-11-27 21:32:23.586156+00', 'Backfill job created. Call resume endpoint to start processing.', NULL, NULL, '6b7857a4374942dd814d1080875b0a5ed8152a927616e64e2db98c6394ba60ad', 1394, '\x73657373696f6e5f69642c73657373696f6e5f747970652c7061727469636970616e745f656d61696c2c766f6c756e746565725f656d61696c2c646174652c6475726174696f6e5f6d696e2c726174696e672c666565646261636b5f746578742c6c616e67756167655f6c6576656c', ',', '
', '{}', NULL, NULL, NULL, NULL, false, 'reject', 0, 0, NULL, false, 'http', 0.032439096, NULL, '00:00:00', '00:00:00', NULL, 'UTF-8', NULL, NULL, NULL, NULL);
INSERT INTO public.backfill_jobs VALUES ('94377e36-c9a7-42d1-a5ff-c312394e693b', 'backfill_errors_1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d.csv', 'completed', 4, 4, 0, 4, 4, '/tmp/backfill_errors_94377e36-c9a7-42d1-a5ff-c312394e693b.csv', '2026-11-27 21:32:42.234168+00', '2026-11-27 21:32:43.191993+00', '2026-11-27 21:32:43.99933+00', '2026-11-27 21:32:43.99933+00', 'Nothing was imported: all 4 rows were rejected. GET /import/backfill/94377e36-c9a7-42d1-a5ff-c312394e693b/report counts them by cause.', NULL, 6410424363568265813, '1a13f6224e7bfaadc4f714b93cff7e1a8beb545ec6c3b5ee4f57cf36ea8406bb', 777, '\x73657373696f6e5f69642c73657373696f6e5f747970652c7061727469636970616e745f656d61696c2c766f6c756e746565725f656d61696c2c646174652c6475726174696f6e5f6d696e2c726174696e672c666565646261636b5f746578742c6c616e67756167655f6c6576656c2c5f6572726f725f726f772c5f6572726f725f6d657373616765', ',', '
', '{}', NULL, NULL, NULL, NULL, false, 'reject', 0, 0, '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', false, 'http', 0.020140719, '2026-11-27 21:32:43.191993+00', '00:00:00.071428', '00:00:00.807337', '{"invalid-date": 1, "invalid-rating": 1, "duplicate-session-id": 1, "unknown-session-type": 1, "participant-not-found": 1}', 'UTF-8', NULL, NULL, NULL, NULL);
INSERT INTO public.backfill_origins VALUES ('94377e36-c9a7-42d1-a5ff-c312394e693b', 1, '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 4);
INSERT INTO public.backfill_origins VALUES ('94377e36-c9a7-42d1-a5ff-c312394e693b', 2, '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 6);
INSERT INTO public.backfill_origins VALUES ('94377e36-c9a7-42d1-a5ff-c312394e693b', 3, '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 8);
INSERT INTO public.backfill_origins VALUES ('94377e36-c9a7-42d1-a5ff-c312394e693b', 4, '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 10);
INSERT INTO public.backfill_rejects VALUES ('1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 4, 0, '\x6b696e74656c6c2d73657373696f6e2d3030342c4c616e677561676520436f6e6e6563742c6572696b406578616d706c652e636f6d2c7361726168406578616d706c652e636f6d2c323032342d30312d31365431313a30303a30305a2c33302c342c46697273742073657373696f6e2c4131', 452, 114, '{participant-not-found}', 'Participant not found: erik@example.com');
INSERT INTO public.backfill_rejects VALUES ('1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 6, 0, '\x6b696e74656c6c2d73657373696f6e2d3030362c4d656e746f72736869702c616c696365406578616d706c652e636f6d2c626f62406578616d706c652e636f6d2c7965737465726461792c34352c352c476f6f64207175657374696f6e732c', 691, 95, '{invalid-date}', 'Invalid date format: yesterday');
INSERT INTO public.backfill_rejects VALUES ('1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 8, 0, '\x6b696e74656c6c2d73657373696f6e2d3030382c436f666665652c6a6f686e406578616d706c652e636f6d2c7361726168406578616d706c652e636f6d2c323032342d30312d31375431303a30303a30305a2c36302c372c57726f6e67207479706520616e6420726174696e672c4231', 926, 112, '{unknown-session-type,invalid-rating}', 'Unknown session type: Coffee; Invalid rating: 7');
INSERT INTO public.backfill_rejects VALUES ('1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 10, 1, '\x6b696e74656c6c2d73657373696f6e2d3030322c4d656e746f72736869702c616c696365406578616d706c652e636f6d2c626f62406578616d706c652e636f6d2c323032342d30312d31355431343a30303a30305a2c34352c342c5468652073616d652073657373696f6e206f6e6365206d6f72652c', 1162, 118, '{duplicate-session-id}', 'Duplicate key value violates unique constraint: kintell-session-002');
INSERT INTO public.backfill_rejects VALUES ('94377e36-c9a7-42d1-a5ff-c312394e693b', 1, 0, '\x6b696e74656c6c2d73657373696f6e2d3030342c4c616e677561676520436f6e6e6563742c6572696b406578616d706c652e636f6d2c7361726168406578616d706c652e636f6d2c323032342d30312d31365431313a30303a30305a2c33302c342c46697273742073657373696f6e2c41312c342c5061727469636970616e74206e6f7420666f756e643a206572696b406578616d706c652e636f6d', 138, 156, '{participant-not-found}', 'Participant not found: erik@example.com');
INSERT INTO public.backfill_rejects VALUES ('94377e36-c9a7-42d1-a5ff-c312394e693b', 2, 0, '\x6b696e74656c6c2d73657373696f6e2d3030362c4d656e746f72736869702c616c696365406578616d706c652e636f6d2c626f62406578616d706c652e636f6d2c7965737465726461792c34352c352c476f6f64207175657374696f6e732c2c362c496e76616c6964206461746520666f726d61743a20796573746572646179', 295, 128, '{invalid-date}', 'Invalid date format: yesterday');
INSERT INTO public.backfill_rejects VALUES ('94377e36-c9a7-42d1-a5ff-c312394e693b', 3, 0, '\x6b696e74656c6c2d73657373696f6e2d3030382c436f666665652c6a6f686e406578616d706c652e636f6d2c7361726168406578616d706c652e636f6d2c323032342d30312d31375431303a30303a30305a2c36302c372c57726f6e67207479706520616e6420726174696e672c42312c382c556e6b6e6f776e2073657373696f6e20747970653a20436f666665653b20496e76616c696420726174696e673a2037', 424, 162, '{unknown-session-type,invalid-rating}', 'Unknown session type: Coffee; Invalid rating: 7');
INSERT INTO public.backfill_rejects VALUES ('94377e36-c9a7-42d1-a5ff-c312394e693b', 4, 0, '\x6b696e74656c6c2d73657373696f6e2d3030322c4d656e746f72736869702c616c696365406578616d706c652e636f6d2c626f62406578616d706c652e636f6d2c323032342d30312d31355431343a30303a30305a2c34352c342c5468652073616d652073657373696f6e206f6e6365206d6f72652c2c31302c4475706c6963617465206b65792076616c75652076696f6c6174657320756e6971756520636f6e73747261696e743a206b696e74656c6c2d73657373696f6e2d303032', 587, 189, '{duplicate-session-id}', 'Duplicate key value violates unique constraint: kintell-session-002');
INSERT INTO public.backfill_schema_history VALUES (1, '1', 'backfill', 'SQL', 'V1__backfill.sql', -920410022, 'postgres', '2026-11-27 21:30:54.999116', 321, true);
INSERT INTO public.backfill_schema_history VALUES (2, '2', 'events', 'SQL', 'V2__events.sql', -77578914, 'postgres', '2026-11-27 21:30:55.712265', 22, true);
INSERT INTO public.backfill_schema_history VALUES (3, '3', 'lifecycle', 'SQL', 'V3__lifecycle.sql', -495342023, 'postgres', '2026-11-27 21:30:55.76699', 158, true);
INSERT INTO public.backfill_schema_history VALUES (4, '4', 'fix loop', 'SQL', 'V4__fix_loop.sql', 1006385732, 'postgres', '2026-11-27 21:30:55.999864', 391, true);
INSERT INTO public.backfill_schema_history VALUES (5, '5', 'watch', 'SQL', 'V5__watch.sql', 260575052, 'postgres', '2026-11-27 21:30:56.597851', 106, true);
INSERT INTO public.backfill_schema_history VALUES (6, '7', 'files', 'SQL', 'V7__files.sql', -1493427003, 'postgres', '2026-11-27 21:30:56.892387', 93, true);
INSERT INTO public.backfill_schema_history VALUES (7, '8', 'rejects', 'SQL', 'V8__rejects.sql', -1972458109, 'postgres', '2026-11-27 21:30:57.077518', 122, true);
INSERT INTO public.backfill_schema_history VALUES (8, '9', 'causes', 'SQL', 'V9__causes.sql', -192539597, 'postgres', '2026-11-27 21:30:57.306143', 30, true);
INSERT INTO public.backfill_schema_history VALUES (9, '10', 'failed by hand', 'SQL', 'V10__failed_by_hand.sql', -1834571608, 'postgres', '2026-11-27 21:30:57.42666', 29, true);
INSERT INTO public.backfill_schema_history VALUES (10, '11', 'dry runs outlive crashes', 'SQL', 'V11__dry_runs_outlive_crashes.sql', -259574485, 'postgres', '2026-11-27 21:30:57.532858', 79, true);
INSERT INTO public.backfill_schema_history VALUES (11, '12', 'trail', 'SQL', 'V12__trail.sql', 288524319, 'postgres', '2026-11-27 21:30:57.788478', 374, true);
INSERT INTO public.backfill_schema_history VALUES (12, '13', 'erasure', 'SQL', 'V13__erasure.sql', -1725365076, 'postgres', '2026-11-27 21:30:58.430911', 155, true);
INSERT INTO public.backfill_schema_history VALUES (13, '15', 'rejects taken by relatives', 'SQL', 'V15__rejects_taken_by_relatives.sql', -803971763, 'postgres', '2026-11-27 21:30:58.9317', 22, true);
INSERT INTO public.backfill_schema_history VALUES (14, '16', 'begun chunks', 'SQL', 'V16__begun_chunks.sql', 318825925, 'postgres', '2026-11-27 21:30:58.988265', 29, true);
INSERT INTO public.backfill_schema_history VALUES (15, '17', 'erasure in linear time', 'SQL', 'V17__erasure_in_linear_time.sql', -1129791598, 'postgres', '2026-11-27 21:30:59.143657', 58, true);
INSERT INTO public.backfill_trail OVERRIDING SYSTEM VALUE VALUES (1, '2026-11-27 21:32:02.869417+00', 'local', '127.0.0.1', 'uploaded', '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', '09c85df5-8914-4f9c-94d9-412d3a1f280d', '12 rows of kintell_sessions.csv');
INSERT INTO public.backfill_trail OVERRIDING SYSTEM VALUE VALUES (2, '2026-11-27 21:32:17.213239+00', 'local', '127.0.0.1', 'started', '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', '309aac88-92dd-4420-94d3-404204d3121e', NULL);
INSERT INTO public.backfill_trail OVERRIDING SYSTEM VALUE VALUES (3, '2026-11-27 21:32:17.43605+00', 'service', NULL, 'running', '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', NULL, 'was pending');
INSERT INTO public.backfill_trail OVERRIDING SYSTEM VALUE VALUES (4, '2026-11-27 21:32:20.752136+00', 'service', NULL, 'completed', '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', NULL, 'was running');
INSERT INTO public.backfill_trail OVERRIDING SYSTEM VALUE VALUES (5, '2026-11-27 21:32:23.591463+00', 'local', '127.0.0.1', 'uploaded', '3556b038-719e-43ba-a142-a57653f8d5ca', '8743a566-e04f-4c4e-bea3-630c81e52ad3', '12 rows of new.csv');
INSERT INTO public.backfill_trail OVERRIDING SYSTEM VALUE VALUES (6, '2026-11-27 21:32:42.236355+00', 'local', '127.0.0.1', 'uploaded', '94377e36-c9a7-42d1-a5ff-c312394e693b', '41a8fc28-1ff4-4280-a574-9a14c5592de1', '4 rows of backfill_errors_1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d.csv');
INSERT INTO public.backfill_trail OVERRIDING SYSTEM VALUE VALUES (7, '2026-11-27 21:32:42.92364+00', 'local', '127.0.0.1', 'retried', '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', '41a8fc28-1ff4-4280-a574-9a14c5592de1', 'by job 94377e36-c9a7-42d1-a5ff-c312394e693b');
INSERT INTO public.backfill_trail OVERRIDING SYSTEM VALUE VALUES (8, '2026-11-27 21:32:43.124882+00', 'local', '127.0.0.1', 'started', '94377e36-c9a7-42d1-a5ff-c312394e693b', '41a8fc28-1ff4-4280-a574-9a14c5592de1', NULL);
INSERT INTO public.backfill_trail OVERRIDING SYSTEM VALUE VALUES (9, '2026-11-27 21:32:43.211945+00', 'service', NULL, 'running', '94377e36-c9a7-42d1-a5ff-c312394e693b', NULL, 'was pending');
INSERT INTO public.backfill_trail OVERRIDING SYSTEM VALUE VALUES (10, '2026-11-27 21:32:44.000896+00', 'service', NULL, 'completed', '94377e36-c9a7-42d1-a5ff-c312394e693b', NULL, 'was running');
INSERT INTO public.kintell_sessions VALUES ('01a21eec-684e-7776-9a70-9839c554bde8', 'kintell-session-001', 'language', '6c4e9fd1-3d3a-40e8-b0e6-38d38cf6e93d', '0b229456-32a4-4205-81bc-4cd0b25096bc', '2024-01-15 10:00:00+00', '2024-01-15 11:00:00+00', 60, '2026-11-27 21:32:19.5901+00', 5, 'Excellent session!', 'B1', '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 1);
INSERT INTO public.kintell_sessions VALUES ('01a21eec-686d-75a9-9ced-72bcbc67dd8a', 'kintell-session-002', 'mentorship', '94066af8-4ae4-4ca7-ad73-6231edbf16c6', '6c56fe21-1d28-4682-919d-2f0ccbbb8aec', '2024-01-15 14:00:00+00', '2024-01-15 14:45:00+00', 45, '2026-11-27 21:32:19.5901+00', 4, 'Very helpful', NULL, '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 2);
INSERT INTO public.kintell_sessions VALUES ('01a21eec-6873-7360-86a7-19b6a6257677', 'kintell-session-003', 'language', 'ebbd8c91-f5be-46d9-8af6-97a5d14f97c9', '37522f2c-3eac-4ef1-8d73-ebfae1af0d07', '2024-01-16 09:00:00+00', '2024-01-16 10:00:00+00', 60, '2026-11-27 21:32:19.5901+00', NULL, 'No feedback', 'A2', '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 3);
INSERT INTO public.kintell_sessions VALUES ('01a21eec-68d5-72fb-a56a-ba1d7d17f95f', 'kintell-session-005', 'mentorship', '6c4e9fd1-3d3a-40e8-b0e6-38d38cf6e93d', '6c56fe21-1d28-4682-919d-2f0ccbbb8aec', '2024-01-16 13:30:00+00', '2024-01-16 14:20:00+00', 50, '2026-11-27 21:32:19.5901+00', 4.5, 'Clear, patient and kind', NULL, '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 5);
INSERT INTO public.kintell_sessions VALUES ('01a21eec-68dc-71e1-b7f8-114a7f20a05e', 'kintell-session-007', 'language', 'ebbd8c91-f5be-46d9-8af6-97a5d14f97c9', '37522f2c-3eac-4ef1-8d73-ebfae1af0d07', '2024-01-17 09:00:00+00', '2024-01-17 10:00:00+00', 60, '2026-11-27 21:32:19.5901+00', 3.5, 'She said "see you next week"', 'A2', '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 7);
INSERT INTO public.kintell_sessions VALUES ('01a21eec-68e2-7568-8e89-930b05d35208', 'kintell-session-009', 'language', '6c4e9fd1-3d3a-40e8-b0e6-38d38cf6e93d', '0b229456-32a4-4205-81bc-4cd0b25096bc', '2024-01-18 10:00:00+00', '2024-01-18 11:00:00+00', 60, '2026-11-27 21:32:19.5901+00', 5, 'Two lines:
one, two', 'B2', '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 9);
INSERT INTO public.kintell_sessions VALUES ('01a21eec-68e7-77aa-8388-e3db689f8e6a', 'kintell-session-010', 'mentorship', 'ebbd8c91-f5be-46d9-8af6-97a5d14f97c9', '6c56fe21-1d28-4682-919d-2f0ccbbb8aec', '2024-01-18 14:00:00+00', '2024-01-18 14:45:00+00', 45, '2026-11-27 21:32:19.5901+00', NULL, NULL, NULL, '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 11);
INSERT INTO public.kintell_sessions VALUES ('01a21eec-68e8-7d44-8bb9-a1ad397d3244', 'kintell-session-011', 'language', '94066af8-4ae4-4ca7-ad73-6231edbf16c6', '37522f2c-3eac-4ef1-8d73-ebfae1af0d07', '2024-01-19 09:00:00.5+00', '2024-01-19 10:15:00.5+00', 75, '2026-11-27 21:32:19.5901+00', 2, 'Très utile', 'C1', '1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d', 12);
INSERT INTO public.users VALUES ('6c4e9fd1-3d3a-40e8-b0e6-38d38cf6e93d', 'john@example.com', 'John', 'participant', '2026-11-27 21:31:59.573485+00');
INSERT INTO public.users VALUES ('94066af8-4ae4-4ca7-ad73-6231edbf16c6', 'alice@example.com', 'Alice', 'participant', '2026-11-27 21:31:59.573485+00');
INSERT INTO public.users VALUES ('ebbd8c91-f5be-46d9-8af6-97a5d14f97c9', 'charlie@example.com', 'Charlie', 'participant', '2026-11-27 21:31:59.573485+00');
INSERT INTO public.users VALUES ('0b229456-32a4-4205-81bc-4cd0b25096bc', 'sarah@example.com', 'Sarah', 'volunteer', '2026-11-27 21:31:59.573485+00');
INSERT INTO public.users VALUES ('6c56fe21-1d28-4682-919d-2f0ccbbb8aec', 'bob@example.com', 'Bob', 'volunteer', '2026-11-27 21:31:59.573485+00');
INSERT INTO public.users VALUES ('37522f2c-3eac-4ef1-8d73-ebfae1af0d07', 'diana@example.com', 'Diana', 'volunteer', '2026-11-27 21:31:59.573485+00');
SELECT pg_catalog.setval('public.backfill_trail_id_seq', 10, true);
ALTER TABLE ONLY public.backfill_chunks
    ADD CONSTRAINT backfill_chunks_pkey PRIMARY KEY (job_id, chunk_no);
ALTER TABLE ONLY public.backfill_dry_run_faults
    ADD CONSTRAINT backfill_dry_run_faults_pkey PRIMARY KEY (job_id, cause, source_row);
ALTER TABLE ONLY public.backfill_dry_run_sessions
    ADD CONSTRAINT backfill_dry_run_sessions_pkey PRIMARY KEY (job_id, external_session_id);
ALTER TABLE ONLY public.backfill_jobs
    ADD CONSTRAINT backfill_jobs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.backfill_origins
    ADD CONSTRAINT backfill_origins_pkey PRIMARY KEY (job_id, source_row, ancestor_job_id);
ALTER TABLE ONLY public.backfill_rejects
    ADD CONSTRAINT backfill_rejects_pkey PRIMARY KEY (job_id, source_row);
ALTER TABLE ONLY public.backfill_retractions
    ADD CONSTRAINT backfill_retractions_pkey PRIMARY KEY (job_id, session_id);
ALTER TABLE ONLY public.backfill_schema_history
    ADD CONSTRAINT backfill_schema_history_pk PRIMARY KEY (installed_rank);
ALTER TABLE ONLY public.backfill_trail
    ADD CONSTRAINT backfill_trail_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.backfill_updates
    ADD CONSTRAINT backfill_updates_pkey PRIMARY KEY (job_id, chunk_no, source_row);
ALTER TABLE ONLY public.kintell_sessions
    ADD CONSTRAINT kintell_sessions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE INDEX backfill_chunks_pending_idx ON public.backfill_chunks USING btree (job_id, tail, chunk_no) WHERE (state = 'pending'::text);
CREATE INDEX backfill_chunks_unpublished_idx ON public.backfill_chunks USING btree (loaded_at) WHERE ((state = 'loaded'::text) AND (published_at IS NULL));
CREATE INDEX backfill_jobs_created_at_idx ON public.backfill_jobs USING btree (created_at DESC);
CREATE INDEX backfill_jobs_dry_run_idx ON public.backfill_jobs USING btree (owner) WHERE dry_run;
CREATE UNIQUE INDEX backfill_jobs_idempotency_key_idx ON public.backfill_jobs USING btree (idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX backfill_jobs_list_idx ON public.backfill_jobs USING btree (created_at DESC, id DESC);
CREATE INDEX backfill_jobs_milestones_idx ON public.backfill_jobs USING btree (id) WHERE (milestones <> '{}'::text[]);
CREATE INDEX backfill_jobs_open_idx ON public.backfill_jobs USING btree (owner) WHERE (status = ANY (ARRAY['pending'::text, 'running'::text]));
CREATE INDEX backfill_jobs_parent_idx ON public.backfill_jobs USING btree (parent_job_id) WHERE (parent_job_id IS NOT NULL);
CREATE INDEX backfill_jobs_unpurged_idx ON public.backfill_jobs USING btree (COALESCE(completed_at, updated_at)) WHERE (purged_at IS NULL);
CREATE INDEX backfill_origins_ancestor_idx ON public.backfill_origins USING btree (ancestor_job_id, ancestor_row);
CREATE INDEX backfill_schema_history_s_idx ON public.backfill_schema_history USING btree (success);
CREATE INDEX backfill_trail_job_idx ON public.backfill_trail USING btree (job_id, id);
CREATE INDEX backfill_updates_session_idx ON public.backfill_updates USING btree (session_id);
CREATE UNIQUE INDEX kintell_sessions_external_session_id_key ON public.kintell_sessions USING btree (external_session_id);
CREATE UNIQUE INDEX kintell_sessions_job_id_source_row_key ON public.kintell_sessions USING btree (job_id, source_row);
CREATE INDEX users_lower_email_idx ON public.users USING btree (lower(email));
CREATE TRIGGER backfill_jobs_explain BEFORE UPDATE OF status ON public.backfill_jobs FOR EACH ROW WHEN (((new.status = 'failed'::text) AND (old.status <> 'failed'::text) AND (NOT (new.message IS DISTINCT FROM old.message)))) EXECUTE FUNCTION public.backfill_explain_failure();
CREATE TRIGGER backfill_jobs_milestone BEFORE UPDATE OF status ON public.backfill_jobs FOR EACH ROW WHEN (((new.status IS DISTINCT FROM old.status) AND (new.status = ANY (ARRAY['running'::text, 'completed'::text, 'failed'::text, 'paused'::text])))) EXECUTE FUNCTION public.backfill_note_milestone();
CREATE TRIGGER backfill_jobs_no_milestone BEFORE UPDATE OF status ON public.backfill_jobs FOR EACH ROW WHEN (new.dry_run) EXECUTE FUNCTION public.backfill_forget_milestones();
CREATE TRIGGER backfill_jobs_removed AFTER DELETE ON public.backfill_jobs REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.backfill_remove_rejects();
CREATE TRIGGER backfill_jobs_times BEFORE UPDATE OF status, queued_at, owner ON public.backfill_jobs FOR EACH ROW WHEN ((((old.status IS DISTINCT FROM new.status) OR ((old.queued_at IS NULL) IS DISTINCT FROM (new.queued_at IS NULL))) OR (old.owner IS DISTINCT FROM new.owner))) EXECUTE FUNCTION public.backfill_note_times();
CREATE TRIGGER backfill_jobs_trail_changed AFTER UPDATE OF status, queued_at, requested ON public.backfill_jobs FOR EACH ROW WHEN ((NOT new.dry_run)) EXECUTE FUNCTION public.backfill_note_trail();
CREATE TRIGGER backfill_jobs_trail_created AFTER INSERT ON public.backfill_jobs FOR EACH ROW EXECUTE FUNCTION public.backfill_note_trail();
CREATE TRIGGER backfill_jobs_trail_removed AFTER DELETE ON public.backfill_jobs REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.backfill_end_trail();
CREATE TRIGGER backfill_jobs_trail_truncated AFTER TRUNCATE ON public.backfill_jobs FOR EACH STATEMENT EXECUTE FUNCTION public.backfill_end_trail();
CREATE TRIGGER backfill_jobs_transition BEFORE UPDATE OF status ON public.backfill_jobs FOR EACH ROW WHEN ((new.status IS DISTINCT FROM old.status)) EXECUTE FUNCTION public.backfill_check_transition();
CREATE TRIGGER backfill_jobs_truncated AFTER TRUNCATE ON public.backfill_jobs FOR EACH STATEMENT EXECUTE FUNCTION public.backfill_remove_all_rejects();
CREATE TRIGGER backfill_trail_rows BEFORE DELETE OR UPDATE ON public.backfill_trail FOR EACH ROW EXECUTE FUNCTION public.backfill_keep_trail();
ALTER TABLE public.backfill_trail ENABLE ALWAYS TRIGGER backfill_trail_rows;
CREATE TRIGGER backfill_trail_table BEFORE TRUNCATE ON public.backfill_trail FOR EACH STATEMENT EXECUTE FUNCTION public.backfill_keep_trail();
ALTER TABLE public.backfill_trail ENABLE ALWAYS TRIGGER backfill_trail_table;
ALTER TABLE ONLY public.backfill_chunks
    ADD CONSTRAINT backfill_chunks_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.backfill_jobs(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.backfill_jobs
    ADD CONSTRAINT backfill_jobs_parent_job_id_fkey FOREIGN KEY (parent_job_id) REFERENCES public.backfill_jobs(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.backfill_origins
    ADD CONSTRAINT backfill_origins_ancestor_job_id_fkey FOREIGN KEY (ancestor_job_id) REFERENCES public.backfill_jobs(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.backfill_origins
    ADD CONSTRAINT backfill_origins_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.backfill_jobs(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.backfill_retractions
    ADD CONSTRAINT backfill_retractions_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.backfill_jobs(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.backfill_updates
    ADD CONSTRAINT backfill_updates_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.backfill_jobs(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.kintell_sessions
    ADD CONSTRAINT kintell_sessions_participant_id_fkey FOREIGN KEY (participant_id) REFERENCES public.users(id);
ALTER TABLE ONLY public.kintell_sessions
    ADD CONSTRAINT kintell_sessions_volunteer_id_fkey FOREIGN KEY (volunteer_id) REFERENCES public.users(id);
