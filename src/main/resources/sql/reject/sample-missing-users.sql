-- Like missing-users.sql, in a sample of the rejects; "needed" counts also users that exist by now.
WITH needing AS (
  SELECT source_row, causes, message
    FROM ${reject/sample} AS reject),
${reject/needed-addresses}
SELECT missing.*, (SELECT sum(rows) FROM missing) AS needed,
       ${reject/addresses-without-users}
