-- A database that the first version made (pg_dump --inserts), with a completed job, its rejects, and a
-- job that is pending.
SET check_function_bodies = false;
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
CREATE FUNCTION public.backfill_explain_failure() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  NEW.message := 'Set to failed by hand. What was imported stays. Call resume to go on, or rollback to'
                 ' take it back.';
  RETURN NEW;
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
CREATE FUNCTION public.backfill_taken_rejects(ancestor uuid) RETURNS TABLE(ancestor_row bigint, job_id uuid)
    LANGUAGE sql STABLE
    AS $$
  SELECT origin.ancestor_row, origin.job_id
    FROM backfill_origins AS origin
    JOIN backfill_jobs AS job ON job.id = origin.job_id
   WHERE origin.ancestor_job_id = ancestor
     AND (job.status IN ('pending', 'running', 'paused')
          OR EXISTS (
            SELECT FROM kintell_sessions AS session
             WHERE session.job_id = origin.job_id AND session.source_row = origin.source_row))
$$;
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
CREATE TABLE public.backfill_updates (
    job_id uuid NOT NULL,
    chunk_no integer NOT NULL,
    source_row bigint NOT NULL,
    session_id uuid NOT NULL
);
CREATE TABLE public.flyway_schema_history (
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
INSERT INTO public.backfill_chunks VALUES ('c9e40c1d-4169-488e-88b2-03a2a5afd09f', 0, false, 1, 5, 5, 112, 591, '{}', '{}', '{}', 'loaded', 3, 2, '2026-11-27 12:25:35.757046+00', NULL, NULL, NULL, 0, 0, 0, 0, NULL);
INSERT INTO public.backfill_chunks VALUES ('b0adc419-f426-4921-9f7e-50dea1d6cbc2', 0, false, 1, 5, 5, 112, 591, '{}', '{}', '{}', 'pending', 0, 0, NULL, NULL, NULL, NULL, 0, 0, 0, 0, NULL);
INSERT INTO public.backfill_jobs VALUES ('c9e40c1d-4169-488e-88b2-03a2a5afd09f', 'old.csv', 'completed', 5, 5, 3, 2, 5, '/tmp/backfill_errors_c9e40c1d-4169-488e-88b2-03a2a5afd09f.csv', '2026-11-27 12:25:34.785847+00', '2026-11-27 12:25:35.174064+00', '2026-11-27 12:25:35.894409+00', '2026-11-27 12:25:35.894409+00', NULL, NULL, 4839681245892954249, '3017dd174c934b55505819e23f318e25e807d0fa78ab987a1b006f7df19af10e', 591, '\x73657373696f6e5f69642c73657373696f6e5f747970652c7061727469636970616e745f656d61696c2c766f6c756e746565725f656d61696c2c646174652c6475726174696f6e5f6d696e2c726174696e672c666565646261636b5f746578742c6c616e67756167655f6c6576656c', ',', '
', '{started:f499014b-d13c-4480-8e20-9ffe5bd76683,completed:02fe355e-c477-44c5-bd1e-e30b55cc1a18}', NULL, NULL, NULL, NULL, false, 'reject', 0, 0, NULL, false, 'http', 0.44583833, '2026-11-27 12:25:35.174064+00', '00:00:00.026526', '00:00:00.720345', '{"invalid-duration": 1, "participant-not-found": 1}', 'UTF-8', NULL, NULL, NULL, NULL);
INSERT INTO public.backfill_jobs VALUES ('b0adc419-f426-4921-9f7e-50dea1d6cbc2', 'new.csv', 'pending', 5, 0, 0, 0, 0, NULL, '2026-11-27 12:25:39.660327+00', NULL, NULL, '2026-11-27 12:25:39.660327+00', 'Backfill job created. Call resume endpoint to start processing.', NULL, NULL, '6909536d051731a4c917f763e3757eca373c9f87bd4408676f4ac77ecce09b13', 591, '\x73657373696f6e5f69642c73657373696f6e5f747970652c7061727469636970616e745f656d61696c2c766f6c756e746565725f656d61696c2c646174652c6475726174696f6e5f6d696e2c726174696e672c666565646261636b5f746578742c6c616e67756167655f6c6576656c', ',', '
', '{}', NULL, NULL, NULL, NULL, false, 'reject', 0, 0, NULL, false, 'http', 0.039986795, NULL, '00:00:00', '00:00:00', NULL, 'UTF-8', NULL, NULL, NULL, NULL);
INSERT INTO public.backfill_rejects VALUES ('c9e40c1d-4169-488e-88b2-03a2a5afd09f', 4, 0, '\x6f6c642d342c4d656e746f72736869702c6e6f626f6479406578616d706c652e636f6d2c766f6c756e74656572406578616d706c652e636f6d2c323032342d30312d31355431303a30303a30305a2c36302c352c476f6f642c4231', 403, 91, '{participant-not-found}', 'Participant not found: nobody@example.com');
INSERT INTO public.backfill_rejects VALUES ('c9e40c1d-4169-488e-88b2-03a2a5afd09f', 5, 0, '\x6f6c642d352c4d656e746f72736869702c7061727469636970616e74406578616d706c652e636f6d2c766f6c756e74656572406578616d706c652e636f6d2c323032342d30312d31355431303a30303a30305a2c782c352c476f6f642c4231', 495, 95, '{invalid-duration}', 'Invalid duration: x');
INSERT INTO public.flyway_schema_history VALUES (1, '1', 'backfill', 'SQL', 'V1__backfill.sql', 2015307670, 'postgres', '2026-11-27 12:24:43.321777', 365, true);
INSERT INTO public.flyway_schema_history VALUES (2, '2', 'events', 'SQL', 'V2__events.sql', -77578914, 'postgres', '2026-11-27 12:24:44.05655', 58, true);
INSERT INTO public.flyway_schema_history VALUES (3, '3', 'lifecycle', 'SQL', 'V3__lifecycle.sql', -495342023, 'postgres', '2026-11-27 12:24:44.241224', 43, true);
INSERT INTO public.flyway_schema_history VALUES (4, '4', 'fix loop', 'SQL', 'V4__fix_loop.sql', 1006385732, 'postgres', '2026-11-27 12:24:44.315271', 55, true);
INSERT INTO public.flyway_schema_history VALUES (5, '5', 'watch', 'SQL', 'V5__watch.sql', 260575052, 'postgres', '2026-11-27 12:24:44.409187', 29, true);
INSERT INTO public.flyway_schema_history VALUES (6, '7', 'files', 'SQL', 'V7__files.sql', -1493427003, 'postgres', '2026-11-27 12:24:44.488507', 22, true);
INSERT INTO public.flyway_schema_history VALUES (7, '8', 'rejects', 'SQL', 'V8__rejects.sql', -1972458109, 'postgres', '2026-11-27 12:24:44.545448', 13, true);
INSERT INTO public.flyway_schema_history VALUES (8, '9', 'causes', 'SQL', 'V9__causes.sql', -192539597, 'postgres', '2026-11-27 12:24:44.592676', 10, true);
INSERT INTO public.flyway_schema_history VALUES (9, '10', 'failed by hand', 'SQL', 'V10__failed_by_hand.sql', -1834571608, 'postgres', '2026-11-27 12:24:44.629337', 11, true);
INSERT INTO public.flyway_schema_history VALUES (10, '11', 'dry runs outlive crashes', 'SQL', 'V11__dry_runs_outlive_crashes.sql', -259574485, 'postgres', '2026-11-27 12:24:44.6721', 28, true);
INSERT INTO public.kintell_sessions VALUES ('01a21cf7-dcf4-7611-a937-3431b386892b', 'old-1', 'mentorship', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002', '2024-01-15 10:00:00+00', '2024-01-15 11:00:00+00', 60, '2026-11-27 12:25:35.757046+00', 5, 'Good', 'B1', 'c9e40c1d-4169-488e-88b2-03a2a5afd09f', 1);
INSERT INTO public.kintell_sessions VALUES ('01a21cf7-dcf6-7c36-8597-636f4b8815ee', 'old-2', 'mentorship', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002', '2024-01-15 10:00:00+00', '2024-01-15 11:00:00+00', 60, '2026-11-27 12:25:35.757046+00', 5, 'Good', 'B1', 'c9e40c1d-4169-488e-88b2-03a2a5afd09f', 2);
INSERT INTO public.kintell_sessions VALUES ('01a21cf7-dcf8-7409-883a-47aca3eb71f3', 'old-3', 'mentorship', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002', '2024-01-15 10:00:00+00', '2024-01-15 11:00:00+00', 60, '2026-11-27 12:25:35.757046+00', 5, 'Good', 'B1', 'c9e40c1d-4169-488e-88b2-03a2a5afd09f', 3);
INSERT INTO public.users VALUES ('00000000-0000-4000-8000-000000000001', 'participant@example.com', NULL, NULL, '2026-11-27 12:25:33.835069+00');
INSERT INTO public.users VALUES ('00000000-0000-4000-8000-000000000002', 'volunteer@example.com', NULL, NULL, '2026-11-27 12:25:33.835069+00');
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
ALTER TABLE ONLY public.backfill_updates
    ADD CONSTRAINT backfill_updates_pkey PRIMARY KEY (job_id, chunk_no, source_row);
ALTER TABLE ONLY public.flyway_schema_history
    ADD CONSTRAINT flyway_schema_history_pk PRIMARY KEY (installed_rank);
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
CREATE INDEX backfill_updates_session_idx ON public.backfill_updates USING btree (session_id);
CREATE INDEX flyway_schema_history_s_idx ON public.flyway_schema_history USING btree (success);
CREATE UNIQUE INDEX kintell_sessions_external_session_id_key ON public.kintell_sessions USING btree (external_session_id);
CREATE UNIQUE INDEX kintell_sessions_job_id_source_row_key ON public.kintell_sessions USING btree (job_id, source_row);
CREATE INDEX users_lower_email_idx ON public.users USING btree (lower(email));
CREATE TRIGGER backfill_jobs_explain BEFORE UPDATE OF status ON public.backfill_jobs FOR EACH ROW WHEN (((new.status = 'failed'::text) AND (old.status <> 'failed'::text) AND (NOT (new.message IS DISTINCT FROM old.message)))) EXECUTE FUNCTION public.backfill_explain_failure();
CREATE TRIGGER backfill_jobs_milestone BEFORE UPDATE OF status ON public.backfill_jobs FOR EACH ROW WHEN (((new.status IS DISTINCT FROM old.status) AND (new.status = ANY (ARRAY['running'::text, 'completed'::text, 'failed'::text, 'paused'::text])))) EXECUTE FUNCTION public.backfill_note_milestone();
CREATE TRIGGER backfill_jobs_no_milestone BEFORE UPDATE OF status ON public.backfill_jobs FOR EACH ROW WHEN (new.dry_run) EXECUTE FUNCTION public.backfill_forget_milestones();
CREATE TRIGGER backfill_jobs_removed AFTER DELETE ON public.backfill_jobs REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.backfill_remove_rejects();
CREATE TRIGGER backfill_jobs_times BEFORE UPDATE OF status, queued_at, owner ON public.backfill_jobs FOR EACH ROW WHEN ((((old.status IS DISTINCT FROM new.status) OR ((old.queued_at IS NULL) IS DISTINCT FROM (new.queued_at IS NULL))) OR (old.owner IS DISTINCT FROM new.owner))) EXECUTE FUNCTION public.backfill_note_times();
CREATE TRIGGER backfill_jobs_transition BEFORE UPDATE OF status ON public.backfill_jobs FOR EACH ROW WHEN ((new.status IS DISTINCT FROM old.status)) EXECUTE FUNCTION public.backfill_check_transition();
CREATE TRIGGER backfill_jobs_truncated AFTER TRUNCATE ON public.backfill_jobs FOR EACH STATEMENT EXECUTE FUNCTION public.backfill_remove_all_rejects();
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
