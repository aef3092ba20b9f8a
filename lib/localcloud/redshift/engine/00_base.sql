-- What the gateway itself needs.
CREATE SCHEMA redshift_lab;
GRANT USAGE ON SCHEMA redshift_lab TO PUBLIC;
CREATE TABLE redshift_lab.prepared (version text NOT NULL);

CREATE FUNCTION redshift_lab.refuse(code text, message text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message;
END $$;
