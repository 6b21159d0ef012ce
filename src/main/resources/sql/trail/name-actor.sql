SELECT set_config('backfill.actor', ?, true), set_config('backfill.address', ?, true),
       set_config('backfill.request', ?, true)
