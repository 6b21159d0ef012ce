SELECT backfill_is_alive(:owner)
