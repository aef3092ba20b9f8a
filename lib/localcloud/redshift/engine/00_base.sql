-- What the gateway itself needs.
CREATE SCHEMA redshift_lab;
GRANT USAGE ON SCHEMA redshift_lab TO PUBLIC;
CREATE TABLE redshift_lab.prepared (version text NOT NULL, format integer NOT NULL);

CREATE FUNCTION redshift_lab.refuse(code text, message text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message;
END $$;

-- An error within an expression.
CREATE FUNCTION redshift_lab.raise(code text, message text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message;
END $$;

-- What Redshift keeps of a table and PostgreSQL has no place for.
CREATE TABLE redshift_lab.tables (
  table_id oid PRIMARY KEY,
  diststyle text NOT NULL,
  backup boolean NOT NULL DEFAULT true
);
CREATE TABLE redshift_lab.columns (
  table_id oid NOT NULL,
  name name NOT NULL,
  distkey boolean NOT NULL DEFAULT false,
  sortkey integer NOT NULL DEFAULT 0,
  encoding text,
  identity text,
  PRIMARY KEY (table_id, name)
);
GRANT SELECT ON redshift_lab.tables, redshift_lab.columns TO PUBLIC;

-- A parameter that only Redshift has.
CREATE FUNCTION redshift_lab.setting(name text, fallback text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(nullif(current_setting('redshift.' || name, true), ''), fallback)
$$;
