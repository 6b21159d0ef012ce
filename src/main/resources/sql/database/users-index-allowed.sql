-- Whether this role may create an index on users.
SELECT relkind IN ('r', 'p', 'm')
       AND pg_has_role(relowner, 'USAGE')
       AND has_schema_privilege(relnamespace, 'CREATE')
  FROM pg_class
 WHERE oid = 'users'::regclass
