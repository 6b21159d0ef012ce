INSERT INTO backfill_jobs
  (id, file_name, charset, idempotency_key, status, message, total_rows, sha256, size_bytes, header, delimiter,
   line_end, completed_at, on_duplicate, max_errors, max_error_rate)
VALUES
  (:id, :fileName, :charset, :key, :status, :message, :totalRows, :sha256, :size, :header, :delimiter,
   :lineEnd, CASE WHEN :totalRows = 0 THEN now() END, :onDuplicate, :maxErrors, :maxErrorRate)
