-- Builds the statement that removes the staged sessions that the table's NOT NULL and CHECK constraints refuse,
-- and returns the reason for each, in the words and order of the server. Builds none where a trigger may change
-- a row before its constraints are checked. Of the columns that are not staged, only those without a default
-- are known, as NULL; constraints on other ones are left out.
WITH known AS (
  SELECT found.attnum, found.attname, found.attnotnull, staged.attnum IS NOT NULL AS is_staged,
         format_type(found.atttypid, found.atttypmod) AS type
    FROM pg_attribute AS found
    LEFT JOIN pg_attribute AS staged
      ON staged.attrelid = 'staged_sessions'::regclass
     AND staged.attname = found.attname
     AND staged.attnum > 0
   WHERE found.attrelid = 'kintell_sessions'::regclass
     AND found.attnum > 0
     AND NOT found.attisdropped
     AND (staged.attnum IS NOT NULL
          OR NOT (found.atthasdef OR found.attidentity <> '' OR found.attgenerated <> ''))),
rule AS (
  SELECT 1 AS kind, attnum::int AS place, NULL::name AS name,
         format('WHEN %I IS NULL THEN %L', attname,
                format('null value in column "%s" of relation "kintell_sessions" violates not-null constraint',
                       attname)) AS refusal
    FROM known
   WHERE attnotnull
   UNION ALL
  SELECT 2, 0, own.conname,
         format('WHEN NOT (%s) THEN %L', pg_get_expr(own.conbin, own.conrelid),
                'violates constraint ' || own.conname)
    FROM pg_constraint AS own
   WHERE own.conrelid = 'kintell_sessions'::regclass
     AND own.contype = 'c'
     AND own.conkey <@ (SELECT array_agg(attnum) FROM known)
     -- Newer servers know constraints that are not enforced.
     AND to_jsonb(own) ->> 'conenforced' IS DISTINCT FROM 'false')
SELECT format(
         'DELETE FROM staged_sessions AS staged'
         ' USING (SELECT source_row, CASE %s END AS reason FROM (SELECT *%s FROM staged_sessions) AS kintell_sessions) AS refused'
         ' WHERE refused.source_row = staged.source_row AND refused.reason IS NOT NULL'
         ' RETURNING refused.source_row, refused.reason',
         (SELECT string_agg(refusal, ' ' ORDER BY kind, place, name) FROM rule),
         coalesce((SELECT string_agg(format(', NULL::%s AS %I', type, attname), '') FROM known WHERE NOT is_staged), ''))
 WHERE EXISTS (SELECT FROM rule)
   AND NOT EXISTS (
     SELECT FROM pg_trigger
      WHERE tgrelid = 'kintell_sessions'::regclass
        AND tgenabled <> 'D'
        -- For each row, before, an INSERT.
        AND tgtype & 7 = 7)
