-- How many processes began a chunk since its job was queued, and the last of them: a chunk on which each
-- of them ends, as by its rows being too long for the heap, is not begun for ever.
ALTER TABLE backfill_chunks
  ADD COLUMN begun    smallint NOT NULL DEFAULT 0,
  ADD COLUMN begun_by bigint;
