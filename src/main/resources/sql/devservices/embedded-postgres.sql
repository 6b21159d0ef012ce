-- Sets the embedded PostgreSQL up once, in its single-user mode: statements end with an empty line. The
-- superuser cannot log in. Its objects, from versions in which the service was this role, go to the service's
-- present role.
SET password_encryption = 'scram-sha-256';

DO $$
DECLARE
  other record;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kintell') THEN
    CREATE ROLE kintell;
  END IF;
  FOR other IN
    SELECT rolname FROM pg_roles WHERE rolsuper AND rolname <> current_user
  LOOP
    EXECUTE format('ALTER ROLE %I NOSUPERUSER', other.rolname);
  END LOOP;
  FOR other IN
    SELECT granted.rolname
      FROM pg_auth_members AS member
      JOIN pg_roles AS granted ON granted.oid = member.roleid
     WHERE member.member = 'kintell'::regrole
  LOOP
    EXECUTE format('REVOKE %I FROM kintell', other.rolname);
  END LOOP;
END $$;

ALTER ROLE kintell LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :password;

-- Lets COPY run without the foreign keys' checks of each row; no other statement runs so.
GRANT SET ON PARAMETER session_replication_role TO kintell;

ALTER ROLE postgres NOLOGIN PASSWORD NULL;

ALTER DATABASE postgres OWNER TO kintell;

DO $$
DECLARE
  object record;
BEGIN
  -- What belongs to an extension stays with it; a sequence of a column goes with its table.
  FOR object IN
    SELECT format(
             'ALTER %s %s OWNER TO kintell',
             CASE relation.relkind
               WHEN 'v' THEN 'VIEW'
               WHEN 'm' THEN 'MATERIALIZED VIEW'
               WHEN 'S' THEN 'SEQUENCE'
               WHEN 'f' THEN 'FOREIGN TABLE'
               ELSE 'TABLE'
             END,
             relation.oid::regclass) AS change
      FROM pg_class AS relation
      JOIN pg_namespace AS schema ON schema.oid = relation.relnamespace
     WHERE relation.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
       AND schema.nspname NOT LIKE 'pg\_%'
       AND schema.nspname <> 'information_schema'
       AND NOT EXISTS (
         SELECT FROM pg_depend AS depends
          WHERE depends.classid = 'pg_class'::regclass AND depends.objid = relation.oid
            AND (depends.deptype = 'e' OR relation.relkind = 'S' AND depends.deptype IN ('a', 'i')))
    UNION ALL
    SELECT format('ALTER ROUTINE %s OWNER TO kintell', routine.oid::regprocedure)
      FROM pg_proc AS routine
      JOIN pg_namespace AS schema ON schema.oid = routine.pronamespace
     WHERE schema.nspname NOT LIKE 'pg\_%'
       AND schema.nspname <> 'information_schema'
       AND NOT EXISTS (
         SELECT FROM pg_depend AS depends
          WHERE depends.classid = 'pg_proc'::regclass AND depends.objid = routine.oid
            AND depends.deptype = 'e')
    UNION ALL
    SELECT format('ALTER TYPE %s OWNER TO kintell', type.oid::regtype)
      FROM pg_type AS type
      JOIN pg_namespace AS schema ON schema.oid = type.typnamespace
      LEFT JOIN pg_class AS composite ON composite.oid = type.typrelid
     WHERE (type.typtype IN ('d', 'e', 'r') OR composite.relkind = 'c')
       AND schema.nspname NOT LIKE 'pg\_%'
       AND schema.nspname <> 'information_schema'
       AND NOT EXISTS (
         SELECT FROM pg_depend AS depends
          WHERE depends.classid = 'pg_type'::regclass AND depends.objid = type.oid
            AND depends.deptype = 'e')
    UNION ALL
    SELECT format('ALTER SCHEMA %I OWNER TO kintell', schema.nspname)
      FROM pg_namespace AS schema
     WHERE schema.nspname NOT LIKE 'pg\_%'
       AND schema.nspname NOT IN ('information_schema', 'public')
       AND NOT EXISTS (
         SELECT FROM pg_depend AS depends
          WHERE depends.classid = 'pg_namespace'::regclass AND depends.objid = schema.oid
            AND depends.deptype = 'e')
  LOOP
    EXECUTE object.change;
  END LOOP;
END $$;

