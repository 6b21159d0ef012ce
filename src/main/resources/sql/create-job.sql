INSERT INTO backfill_jobs
  (id, file_name, status, message, total_rows, sha256, size_bytes, header, delimiter, line_end,
   origin, index_seconds, completed_at)
VALUES
  (:id, :fileName, :status, :message, :totalRows, :sha256, :size, :header, :delimiter, :lineEnd,
   :origin, :indexSeconds,
   CASE WHEN :totalRows = 0 THEN now() END)
