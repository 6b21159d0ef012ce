SELECT EXISTS (
  SELECT FROM pg_locks AS lock
   WHERE lock.locktype = 'advisory'
     AND lock.granted
     AND lock.objsubid = 1
     AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
     AND (lock.classid::bigint << 32 | lock.objid::bigint) = :owner)
