SELECT set_config('backfill.dry_run', :jobId, true)
