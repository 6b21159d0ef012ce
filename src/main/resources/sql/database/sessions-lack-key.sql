SELECT EXISTS (
  SELECT FROM pg_class
   WHERE oid = to_regclass('kintell_sessions')
     AND NOT EXISTS (
       SELECT FROM pg_index
         JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
        WHERE indrelid = pg_class.oid AND attname = 'external_session_id' AND indnkeyatts = 1
          AND indisunique AND indimmediate AND indisvalid AND indpred IS NULL))
