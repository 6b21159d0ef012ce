-- How it was checked that a chunk's users exist: once for the chunk, by the foreign keys row by row, or by
-- looking them up again, because there are no such keys. Chunks that were loaded before have none.
ALTER TABLE backfill_chunks
  ADD COLUMN foreign_keys text CHECK (foreign_keys IN ('chunk', 'row', 'none'));
