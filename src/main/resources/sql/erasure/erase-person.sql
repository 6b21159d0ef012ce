SELECT what, lines FROM backfill_erase(:email, :dryRun)
