-- Whether a history of migrations under Flyway's usual name is there, and can be read, and ours is not.
SELECT EXISTS (
  SELECT FROM pg_class AS other
   WHERE other.relnamespace = to_regnamespace(quote_ident(current_schema()))
     AND other.relname = 'flyway_schema_history'
     AND has_table_privilege(other.oid, 'SELECT')
     AND NOT EXISTS (
       SELECT FROM pg_class AS own
        WHERE own.relnamespace = other.relnamespace AND own.relname = 'backfill_schema_history'))
