-- What ALTER TABLE cannot do to a table as it is.
CREATE FUNCTION redshift_lab.check_alter(table_name text, kind text, column_name text, value text) RETURNS void
  LANGUAGE plpgsql STABLE AS $$
DECLARE
  id oid := to_regclass(table_name);
  c pg_class := (SELECT r FROM pg_class r WHERE r.oid = id);
  a pg_attribute := (SELECT r FROM pg_attribute r WHERE r.attrelid = id AND r.attname = column_name
    AND NOT r.attisdropped);
  k redshift_lab.columns := (SELECT r FROM redshift_lab.columns r WHERE r.table_id = id AND r.name = column_name);
  interleaved boolean := EXISTS (SELECT FROM redshift_lab.columns r WHERE r.table_id = id AND r.sortkey < 0);
  problem text;
BEGIN
  IF id IS NULL OR (column_name <> '' AND a.attrelid IS NULL) THEN
    RETURN; -- the statement itself says so
  END IF;
  problem := CASE kind
    WHEN 'rename' THEN CASE WHEN c.relkind = 'm' THEN format('cannot rename materialized view "%s"', c.relname) END
    WHEN 'drop' THEN CASE WHEN k.distkey THEN format('cannot drop distkey column "%s"', column_name)
      WHEN coalesce(k.sortkey, 0) <> 0 THEN format('cannot drop sortkey column "%s"', column_name)
      WHEN (SELECT count(*) = 1 FROM pg_attribute r WHERE r.attrelid = id AND r.attnum > 0 AND NOT r.attisdropped)
        THEN format('cannot drop the last column "%s" of table "%s"', column_name, c.relname) END
    WHEN 'primary' THEN CASE WHEN NOT a.attnotnull THEN format('column "%s" of a primary key must be defined as NOT '
      'NULL', column_name) END
    WHEN 'encode' THEN CASE WHEN interleaved THEN 'ALTER COLUMN ENCODE is not supported for a table with an '
      'interleaved sort key'
      WHEN redshift_lab.shown_encoding(k.encoding, k.sortkey, a.atttypid) = CASE value WHEN 'raw' THEN 'none' ELSE value
        END THEN format('column "%s" already has encoding %s', column_name, value) END
    WHEN 'diststyle' THEN CASE WHEN interleaved THEN format('ALTER DISTSTYLE %s is not supported for a table with an '
      'interleaved sort key', value) WHEN c.relpersistence = 't'
      THEN format('ALTER DISTSTYLE %s is not supported for a temporary table', value) END
    WHEN 'distkey' THEN CASE WHEN interleaved THEN 'ALTER DISTKEY is not supported for a table with an interleaved '
      'sort key' END
    WHEN 'type' THEN CASE WHEN a.atttypid <> 'varchar'::regtype
      THEN format('ALTER COLUMN TYPE is supported for VARCHAR columns only, and "%s" is %s', column_name,
      format_type(a.atttypid, a.atttypmod))
      WHEN k.encoding IN ('bytedict', 'runlength', 'text255', 'text32k')
        THEN format('cannot alter column "%s" with encoding %s', column_name, k.encoding)
      WHEN a.atthasdef THEN format('cannot alter column "%s" with a default value', column_name)
      WHEN EXISTS (SELECT FROM pg_constraint o WHERE o.conrelid = id AND o.contype IN ('p', 'u', 'f')
        AND a.attnum = ANY (o.conkey)) THEN format('cannot alter column "%s" of a UNIQUE, PRIMARY KEY or FOREIGN KEY '
        'constraint', column_name)
      WHEN a.atttypmod - 4 = nullif(value, '')::integer
        THEN format('cannot alter column "%s" of relation "%s", target column size should be different', column_name,
        c.relname) END
  END;
  IF problem IS NOT NULL THEN
    PERFORM redshift_lab.raise('0A000', problem);
  END IF;
END $$;

-- A materialized view reads tables, and materialized views; no other views, and none of a session.
CREATE FUNCTION redshift_lab.check_source(name text) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
  c pg_class := (SELECT r FROM pg_class r WHERE r.oid = to_regclass(name));
BEGIN
  IF c.relkind = 'v' THEN
    PERFORM redshift_lab.raise('0A000', format('Materialized views cannot be created on the view "%s".', name));
  ELSIF c.relpersistence = 't' THEN
    PERFORM redshift_lab.raise('0A000', format('Materialized views cannot be created on the temporary table "%s".',
      name));
  END IF;
END $$;
-- How many columns a view has that CREATE OR REPLACE VIEW finds; null where there is none, or one that is bound to no
-- table.
CREATE FUNCTION redshift_lab.view_width(name text) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT relnatts::integer FROM pg_class WHERE oid = to_regclass(name) AND relkind = 'v' AND relnatts > 0
$$;
-- MERGE reads a table.
CREATE FUNCTION redshift_lab.check_merge(name text) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass(name) AND c.relkind = 'v') THEN
    PERFORM redshift_lab.raise('0A000', format('the source of MERGE cannot be a view: "%s"', name));
  END IF;
END $$;
-- The short form of MERGE puts rows of the one table into the other as they are.
CREATE FUNCTION redshift_lab.check_duplicates(target text, source text) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
  counts integer[] := ARRAY(SELECT count(*)::integer FROM unnest(ARRAY[target, source]) n(name)
    JOIN pg_attribute a ON a.attrelid = to_regclass(n.name) AND a.attnum > 0 AND NOT a.attisdropped GROUP BY n.name);
BEGIN
  IF counts[1] <> counts[2] THEN
    PERFORM redshift_lab.raise('0A000', 'MERGE ... REMOVE DUPLICATES needs a source and a target with the same number '
      'of columns');
  END IF;
END $$;
