-- One of our migrations, with the checksum that its file has now.
INSERT INTO backfill_schema_history
  (installed_rank, version, description, type, script, checksum, installed_by, installed_on, execution_time, success)
SELECT installed_rank, version, description, type, script, :checksum, installed_by, installed_on, execution_time, success
  FROM flyway_schema_history
 WHERE script = :script AND success
