-- The roles of a Counterfoil store. Run once, in its database, as a superuser:
--   counterfoil roles | psql --dbname council
-- Then give each role its password (\password counterfoil_owner), and make the tables as their owner:
--   counterfoil migrate --store postgresql://counterfoil_owner@HOST/council
-- which also gives the other two their rights (counterfoil roles --rights shows them).
DO $$
DECLARE role text;
BEGIN
  FOREACH role IN ARRAY ARRAY['counterfoil_owner', 'counterfoil_intake', 'counterfoil_node'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', role);
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role);
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', role);
  END LOOP;
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE ON SCHEMA public TO counterfoil_owner;
CREATE SCHEMA IF NOT EXISTS counterfoil_keys AUTHORIZATION counterfoil_owner;
