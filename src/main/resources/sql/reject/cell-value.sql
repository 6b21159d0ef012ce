-- The value as it stands in the record: the bytes between two delimiters, or, which is slower, the cell where a
-- field is quoted or not of ASCII.
CASE WHEN position('"'::bytea IN reject.raw) = 0 AND strpos(cell, '\') = 0 THEN btrim(cell, E' \t\r\n\f\x0b')
     ELSE backfill_reject_cell(reject.raw, :delimiter, :place) END
