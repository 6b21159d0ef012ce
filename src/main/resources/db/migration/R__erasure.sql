-- One person's data, on request. Where a row must stay, what is erased is replaced by as many bytes, so
-- that offsets, counts and the columns of a row stay true: an address by asterisks, feedback by spaces.
--
-- In time linear in the length of a row. A row can be made so that a lookbehind, a pattern that is tried from
-- many places, or a copy of the rest for each field takes the square of that.

-- Where an address stands in a text of single bytes (Latin-1), as a regular expression: not within a longer
-- address. Bytes from 128 on are letters of something. What stands before an address is a part of the match, and
-- put back: PostgreSQL looks behind from the start of the text, for each match anew.
CREATE OR REPLACE FUNCTION backfill_address_pattern(address text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT '(^|[^0-9A-Za-z\u0080-\u00ff._%+''-]|(?:^|[^0-9A-Za-z\u0080-\u00ff])[._%+''-])'
         || regexp_replace(convert_from(convert_to(address, 'UTF8'), 'LATIN1'),
                           '([^0-9A-Za-z\u0080-\u00ff])', '\\\1', 'g')
         || '(?![0-9A-Za-z\u0080-\u00ff])(?![.-][0-9A-Za-z\u0080-\u00ff])'
$$;

-- The spellings to look for: letters of ASCII are compared in any case, others as given, all large, all small.
CREATE OR REPLACE FUNCTION backfill_spellings(address text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT array_agg(DISTINCT each)
    FROM unnest(ARRAY[address, lower(address), upper(address)]) AS each
   WHERE each = address OR each ~ '[^\u0001-\u007f]'
$$;

-- A text of single bytes (Latin-1) without an address, of the same length.
CREATE OR REPLACE FUNCTION backfill_without_address(given text, address text) RETURNS text
  LANGUAGE plpgsql IMMUTABLE STRICT AS $$
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

-- Where the first fields of a record end, in bytes, so many at most. NULL if something other than a delimiter
-- follows a closing quote, or a quote is not closed. The record is looked at through a window.
CREATE OR REPLACE FUNCTION backfill_field_ends(record bytea, delimiter text, most integer) RETURNS integer[]
  LANGUAGE plpgsql IMMUTABLE STRICT AS $$
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

-- A record without an address and, if it holds that, without its feedback; of the same length. One that
-- does not split into the columns of its header loses all but delimiters, quotes and line ends.
CREATE OR REPLACE FUNCTION backfill_erased_record(raw bytea, address text, delimiter text, header bytea)
  RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
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
END $$;

-- Erases a person from what is in the database, by an address in any case, and says what from. The row in
-- users is its owner's. With dry_run it only counts.
CREATE OR REPLACE FUNCTION backfill_erase(address text, dry_run boolean DEFAULT false)
  RETURNS TABLE (what text, lines bigint) LANGUAGE plpgsql AS $$
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
         -- A message repeats the first 80 characters of an address.
         convert_from(convert_to(backfill_without_address(backfill_without_address(
           convert_from(convert_to(reject.message, 'UTF8'), 'LATIN1'), address), left(address, 80)),
           'LATIN1'), 'UTF8') AS message
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
    SELECT count(*) INTO found
      FROM backfill_dry_run_faults AS fault
     WHERE lower(fault.email) = lower(address) OR strpos(lower(fault.message), lower(left(address, 80))) > 0;
  ELSE
    UPDATE backfill_dry_run_faults AS fault
       SET email = repeat('*', length(fault.email)), message = repeat('*', length(fault.message))
     WHERE lower(fault.email) = lower(address) OR strpos(lower(fault.message), lower(left(address, 80))) > 0;
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
END $$;
