-- pg_class and pg_attribute with the columns that only Redshift has.
CREATE FUNCTION redshift_lab.encodings() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT ARRAY['none', 'bytedict', 'delta', 'delta32k', 'lzo', 'mostly8', 'mostly16', 'mostly32', 'runlength', 'text255', 'text32k', 'zstd', 'az64', 'raw']
$$;
CREATE FUNCTION pg_catalog.format_encoding(integer) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS 'SELECT (redshift_lab.encodings())[$1 + 1]';
CREATE VIEW redshift_lab.pg_class AS
  SELECT c.*, CASE WHEN c.relkind NOT IN ('r', 'p') THEN 0 WHEN t.diststyle = 'EVEN' THEN 0 WHEN t.diststyle = 'KEY' THEN 1 WHEN t.diststyle = 'ALL' THEN 8 ELSE 10 END AS reldiststyle,
    CASE WHEN t.diststyle = 'EVEN' THEN 0 WHEN t.diststyle = 'KEY' THEN 1 WHEN t.diststyle = 'ALL' THEN 8 ELSE 10 END AS releffectivediststyle, NULL::timestamp AS relcreationtime
  FROM pg_catalog.pg_class c LEFT JOIN redshift_lab.tables t ON t.table_id = c.oid;
CREATE VIEW redshift_lab.pg_attribute AS
  SELECT a.*, coalesce(array_position(redshift_lab.encodings(), k.encoding), CASE WHEN a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype, 'text'::regtype) THEN 5
      WHEN coalesce(k.sortkey, 0) <> 0 OR a.atttypid IN ('bool'::regtype, 'float4'::regtype, 'float8'::regtype) THEN 1 ELSE 13 END) - 1 AS attencodingtype,
    coalesce(k.distkey, false) AS attisdistkey, coalesce(k.sortkey, 0) AS attsortkeyord, false AS attispreloaded
  FROM pg_catalog.pg_attribute a LEFT JOIN redshift_lab.columns k ON k.table_id = a.attrelid AND k.name = a.attname;
CREATE VIEW redshift_lab.pg_attrdef AS SELECT *, pg_get_expr(adbin, adrelid) AS adsrc FROM pg_catalog.pg_attrdef;
CREATE VIEW redshift_lab.pg_constraint AS SELECT *, pg_get_expr(conbin, conrelid) AS consrc FROM pg_catalog.pg_constraint;
GRANT SELECT ON redshift_lab.pg_class, redshift_lab.pg_attribute, redshift_lab.pg_attrdef, redshift_lab.pg_constraint TO PUBLIC;
-- The driver reads arrays of ACLITEM in binary; the text of each is all that there is of it.
CREATE FUNCTION redshift_lab.aclitem_send(aclitem) RETURNS bytea LANGUAGE sql STABLE STRICT PARALLEL SAFE AS 'SELECT textsend($1::text)';
ALTER TYPE pg_catalog.aclitem SET (SEND = redshift_lab.aclitem_send);
