-- Erasure in time linear in the length of a row. A row can be made so that a lookbehind, a pattern that is
-- tried from many places, or a copy of the rest for each field takes the square of that.

-- What stands before an address is a part of the match, and put back: PostgreSQL looks behind from the start
-- of the text, for each match anew.
CREATE OR REPLACE FUNCTION backfill_address_pattern(address text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT '(^|[^0-9A-Za-z\u0080-\u00ff._%+''-]|(?:^|[^0-9A-Za-z\u0080-\u00ff])[._%+''-])'
         || regexp_replace(convert_from(convert_to(address, 'UTF8'), 'LATIN1'),
                           '([^0-9A-Za-z\u0080-\u00ff])', '\\\1', 'g')
         || '(?![0-9A-Za-z\u0080-\u00ff])(?![.-][0-9A-Za-z\u0080-\u00ff])'
$$;

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

DROP FUNCTION backfill_fields(text, text, integer);

-- Where the first fields of a record end, in bytes, so many at most. NULL if something other than a delimiter
-- follows a closing quote, or a quote is not closed. The record is looked at through a window.
CREATE FUNCTION backfill_field_ends(record bytea, delimiter text, most integer) RETURNS integer[]
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
