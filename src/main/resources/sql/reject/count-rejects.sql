-- As many as browse-rejects.sql finds on all its pages.
SELECT count(*)
  FROM backfill_rejects AS reject
 WHERE ${reject/asked-for}
