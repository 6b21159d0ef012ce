UPDATE backfill_jobs SET answer_status = :status, answer = :body WHERE id = :id AND answer IS NULL
