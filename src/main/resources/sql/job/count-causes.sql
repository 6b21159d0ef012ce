SELECT CAST(backfill_causes(:id) AS text)
