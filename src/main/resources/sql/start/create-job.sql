INSERT INTO backfill_jobs
  (id, file_name, origin, charset, timezone, idempotency_key, status, message, total_rows, sha256, size_bytes, header,
   delimiter, line_end, on_duplicate, max_errors, max_error_rate, index_seconds,
   file_etag, aside_etag,
   completed_at, milestones)
VALUES
  (:id, :fileName, :origin, :charset, :timezone, :key, :status, :message, :totalRows, :sha256, :size, :header,
   :delimiter, :lineEnd, :onDuplicate, :maxErrors, :maxErrorRate, :indexSeconds,
   :fileEtag, :asideEtag,
   CASE WHEN :totalRows = 0 THEN now() END,
   CASE WHEN :totalRows = 0 THEN ARRAY['completed:' || gen_random_uuid()] ELSE '{}' END)
