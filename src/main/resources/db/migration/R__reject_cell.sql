-- A cell of a record that splits into columns, as a person sees it: without its quotes and without white space
-- around it. NULL for a record that does not split. Bytes that are not UTF-8 are shown as Latin-1.
CREATE OR REPLACE FUNCTION backfill_reject_cell(record bytea, delimiter text, place integer) RETURNS text
  LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
  ends  integer[] := backfill_field_ends(record, delimiter, place);
  cell  bytea;
  given text;
BEGIN
  IF ends IS NULL OR cardinality(ends) < place THEN
    RETURN NULL;
  END IF;
  cell := substring(record FROM coalesce(ends[place - 1] + 2, 1) FOR ends[place] - coalesce(ends[place - 1] + 1, 0));
  BEGIN
    given := convert_from(cell, 'UTF8');
  EXCEPTION WHEN character_not_in_repertoire THEN
    given := convert_from(cell, 'LATIN1');
  END;
  IF given LIKE '"%"' THEN
    given := replace(substr(given, 2, length(given) - 2), '""', '"');
  END IF;
  RETURN regexp_replace(
    given,
    '^[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]+'
    '|[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]+$',
    '', 'g');
END $$;
