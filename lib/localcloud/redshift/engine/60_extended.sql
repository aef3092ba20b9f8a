-- pg_class and pg_attribute with the columns that only Redshift has.
CREATE FUNCTION redshift_lab.encodings() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT ARRAY['none', 'bytedict', 'delta', 'delta32k', 'lzo', 'mostly8', 'mostly16', 'mostly32', 'runlength',
    'text255', 'text32k', 'zstd', 'az64', 'raw']
$$;
CREATE FUNCTION pg_catalog.format_encoding(integer) RETURNS text LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT (redshift_lab.encodings())[$1 + 1]';
CREATE FUNCTION redshift_lab.dist_number(id oid) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT CASE diststyle WHEN 'EVEN' THEN 0 WHEN 'KEY' THEN 1 WHEN 'ALL' THEN 8 END
    FROM redshift_lab.tables WHERE table_id = id), 10)
$$;
-- pg_class as queries read it. On AWS a materialized view is a view there, and has no kind of its own.
CREATE VIEW redshift_lab.relations AS
  SELECT oid, relname, relnamespace, reltype, reloftype, relowner, relam, relfilenode, reltablespace, relpages,
    reltuples, relallvisible, relallfrozen, reltoastrelid, relhasindex, relisshared, relpersistence,
    CASE relkind WHEN 'm' THEN 'v' ELSE relkind END AS relkind, relnatts, relchecks, relhasrules, relhastriggers,
    relhassubclass, relrowsecurity, relforcerowsecurity, relispopulated, relreplident, relispartition, relrewrite,
    relfrozenxid, relminmxid, relacl, reloptions, relpartbound
  FROM pg_catalog.pg_class;
-- On AWS the rows of a materialized view are in a table of their own, mv_tbl__VIEW__0, from which clients read its
-- keys. It is shown here, under the number of the view's row type.
CREATE VIEW redshift_lab.pg_class AS
  SELECT c.*, CASE WHEN c.relkind IN ('r', 'p') THEN redshift_lab.dist_number(c.oid) ELSE 0 END AS reldiststyle,
    redshift_lab.dist_number(c.oid) AS releffectivediststyle, NULL::timestamp AS relcreationtime
    FROM redshift_lab.relations c
  UNION ALL
  SELECT r.*, redshift_lab.dist_number(c.oid), redshift_lab.dist_number(c.oid), NULL FROM pg_catalog.pg_class c,
    jsonb_populate_record(c, jsonb_build_object('oid', c.reltype, 'relname', format('mv_tbl__%s__0', c.relname),
    'relkind', 'r')) r WHERE c.relkind = 'm';
CREATE VIEW redshift_lab.pg_attribute AS
  SELECT a.*, coalesce(array_position(redshift_lab.encodings(), k.encoding),
    CASE WHEN a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype, 'text'::regtype) THEN 5
      WHEN coalesce(k.sortkey, 0) <> 0 OR a.atttypid IN ('bool'::regtype, 'float4'::regtype, 'float8'::regtype) THEN 1
        ELSE 13 END) - 1 AS attencodingtype,
    coalesce(k.distkey, false) AS attisdistkey, coalesce(k.sortkey, 0) AS attsortkeyord, false AS attispreloaded
  FROM pg_catalog.pg_attribute a LEFT JOIN redshift_lab.columns k ON k.table_id = a.attrelid AND k.name = a.attname
  UNION ALL
  SELECT r.*, 0, coalesce(k.distkey, false), coalesce(k.sortkey, 0), false
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid LEFT
    JOIN redshift_lab.columns k ON k.table_id = c.oid AND k.name = a.attname,
    jsonb_populate_record(a, jsonb_build_object('attrelid', c.reltype)) r WHERE c.relkind = 'm';
CREATE VIEW redshift_lab.pg_attrdef AS SELECT *, pg_get_expr(adbin, adrelid) AS adsrc FROM pg_catalog.pg_attrdef;
CREATE VIEW redshift_lab.pg_constraint AS SELECT *, pg_get_expr(conbin, conrelid) AS consrc
  FROM pg_catalog.pg_constraint;
GRANT SELECT ON redshift_lab.relations, redshift_lab.pg_class, redshift_lab.pg_attribute, redshift_lab.pg_attrdef,
  redshift_lab.pg_constraint TO PUBLIC;
-- The driver reads arrays of ACLITEM in binary; the text of each is all that there is of it.
CREATE FUNCTION redshift_lab.aclitem_send(aclitem) RETURNS bytea LANGUAGE sql STABLE STRICT
  PARALLEL SAFE AS 'SELECT textsend($1::text)';
ALTER TYPE pg_catalog.aclitem SET (SEND = redshift_lab.aclitem_send);
