UPDATE backfill_jobs SET file_etag = :file, aside_etag = :aside WHERE id = :id
