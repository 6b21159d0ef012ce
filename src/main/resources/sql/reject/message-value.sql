-- The value as a message repeats it. In a message with one fault, it is the whole rest; in others it ends at the
-- next separator.
CASE WHEN cardinality(reject.causes) = 1 THEN substr(reject.message, :beginning + 1)
     ELSE split_part(
            substr(reject.message, strpos('; ' || reject.message, '; ' || :begin) + :beginning), '; ', 1) END
