-- A crash of the database empties unlogged tables. A dry run outlives it, as any job does, and would
-- then report what it found out afterwards only.
ALTER TABLE backfill_dry_run_sessions SET LOGGED;
ALTER TABLE backfill_dry_run_faults SET LOGGED;
