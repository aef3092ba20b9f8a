-- Redshift's functions on text, numbers and hashes.
CREATE EXTENSION fuzzystrmatch SCHEMA pg_catalog;

CREATE FUNCTION pg_catalog.len(text) RETURNS integer LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textlen';
CREATE FUNCTION pg_catalog.len(bpchar) RETURNS integer LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'bpcharlen';
CREATE FUNCTION pg_catalog.textlen(text, integer) RETURNS integer LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT char_length($1)';
CREATE FUNCTION pg_catalog.charindex(text, text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT strpos($2, $1)';
CREATE FUNCTION pg_catalog.octetindex(text, text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN strpos($2, $1) = 0 THEN 0 ELSE octet_length(left($2, strpos($2, $1) - 1)) + 1 END
$$;
CREATE FUNCTION pg_catalog.replicate(text, integer) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT repeat($1, $2)';
CREATE FUNCTION pg_catalog.bpcharcmp(text, text) RETURNS integer LANGUAGE sql IMMUTABLE
  STRICT AS $$SELECT bpcharcmp($1::bpchar, $2::bpchar)$$;
CREATE FUNCTION pg_catalog.lpad(text, integer, bpchar) RETURNS text LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT lpad($1, $2, $3::text)';

-- Null makes null; PostgreSQL's leaves nulls out.
ALTER FUNCTION pg_catalog.concat(VARIADIC "any") RENAME TO concat_any;
CREATE FUNCTION pg_catalog.concat(text, text) RETURNS text LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'textcat';
CREATE FUNCTION pg_catalog.concat(anynonarray, text) RETURNS text LANGUAGE sql STABLE STRICT
  PARALLEL SAFE AS 'SELECT $1::text || $2';
CREATE FUNCTION pg_catalog.concat(text, anynonarray) RETURNS text LANGUAGE sql STABLE STRICT
  PARALLEL SAFE AS 'SELECT $1 || $2::text';

CREATE FUNCTION pg_catalog.strtol(value text, base integer) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
DECLARE
  digits text := lower(btrim(value));
  negative boolean := left(digits, 1) = '-';
  result bigint := 0;
  place integer;
  d integer;
BEGIN
  digits := ltrim(digits, '+-');
  IF base = 16 AND left(digits, 2) = '0x' THEN digits := substr(digits, 3); END IF;
  IF base < 2 OR base > 36 THEN PERFORM redshift_lab.raise('22023',
    format('The input base %s is not in the range 2 to 36', base)); END IF;
  IF digits = '' THEN PERFORM redshift_lab.raise('22P02', format('The input %s is not valid to be converted to base %s',
    value, base)); END IF;
  FOR place IN 1..length(digits) LOOP
    d := position(substr(digits, place, 1) IN '0123456789abcdefghijklmnopqrstuvwxyz') - 1;
    IF d < 0 OR d >= base THEN
      PERFORM redshift_lab.raise('22P02', format('The input %s is not valid to be converted to base %s', value, base));
    END IF;
    result := result * base + d;
  END LOOP;
  RETURN CASE WHEN negative THEN -result ELSE result END;
END $$;
CREATE FUNCTION pg_catalog.round(float8, integer) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT round($1::numeric, $2)::float8';
CREATE FUNCTION pg_catalog.trunc(float8, integer) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT trunc($1::numeric, $2)::float8';
CREATE FUNCTION pg_catalog.mod(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT ($1::numeric % $2::numeric)::float8';

CREATE FUNCTION pg_catalog.sha2(value text, bits integer) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN CASE bits
    WHEN 224 THEN encode(sha224(convert_to(value, 'UTF8')), 'hex')
      WHEN 256 THEN encode(sha256(convert_to(value, 'UTF8')), 'hex')
    WHEN 0 THEN encode(sha256(convert_to(value, 'UTF8')), 'hex')
    WHEN 384 THEN encode(sha384(convert_to(value, 'UTF8')), 'hex')
      WHEN 512 THEN encode(sha512(convert_to(value, 'UTF8')), 'hex')
  END;
END $$;
-- FIPS 180-4, since the engine is built without a library that has it.
CREATE FUNCTION pg_catalog.sha1(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  m constant bigint := 4294967295;
  data bytea := convert_to(value, 'UTF8');
  bits bigint := octet_length(data) * 8;
  w bigint[];
  h0 bigint := 1732584193; h1 bigint := 4023233417; h2 bigint := 2562383102; h3 bigint := 271733878;
    h4 bigint := 3285377520;
  a bigint; b bigint; c bigint; d bigint; e bigint; f bigint; k bigint; t bigint; x bigint;
BEGIN
  data := data || decode('80', 'hex') || decode(repeat('00', ((55 - octet_length(data)) % 64 + 64) % 64), 'hex')
    || int8send(bits);
  FOR block IN 0..octet_length(data) / 64 - 1 LOOP
    FOR i IN 0..15 LOOP
      w[i] := (get_byte(data, block * 64 + i * 4)::bigint << 24) | (get_byte(data, block * 64 + i * 4 + 1) << 16)
        | (get_byte(data, block * 64 + i * 4 + 2) << 8) | get_byte(data, block * 64 + i * 4 + 3);
    END LOOP;
    FOR i IN 16..79 LOOP
      x := w[i - 3] # w[i - 8] # w[i - 14] # w[i - 16];
      w[i] := ((x << 1) | (x >> 31)) & m;
    END LOOP;
    a := h0; b := h1; c := h2; d := h3; e := h4;
    FOR i IN 0..79 LOOP
      IF i < 20 THEN f := (b & c) | ((b # m) & d); k := 1518500249;
      ELSIF i < 40 THEN f := b # c # d; k := 1859775393;
      ELSIF i < 60 THEN f := (b & c) | (b & d) | (c & d); k := 2400959708;
      ELSE f := b # c # d; k := 3395469782; END IF;
      t := ((((a << 5) | (a >> 27)) & m) + f + e + k + w[i]) & m;
      e := d; d := c; c := ((b << 30) | (b >> 2)) & m; b := a; a := t;
    END LOOP;
    h0 := (h0 + a) & m; h1 := (h1 + b) & m; h2 := (h2 + c) & m; h3 := (h3 + d) & m; h4 := (h4 + e) & m;
  END LOOP;
  RETURN lpad(to_hex(h0), 8, '0') || lpad(to_hex(h1), 8, '0') || lpad(to_hex(h2), 8, '0') || lpad(to_hex(h3), 8, '0')
    || lpad(to_hex(h4), 8, '0');
END $$;
CREATE FUNCTION pg_catalog.sha(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT sha1($1)';
CREATE FUNCTION pg_catalog.func_sha1(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT sha1($1)';
-- The page's example is a CRC-32C.
CREATE FUNCTION pg_catalog.crc32(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT lpad(to_hex(crc32c(convert_to($1, 'UTF8'))), 8, '0')$$;

-- FNV-1a of 64 bits over the bytes of the value, the least significant first.
CREATE FUNCTION redshift_lab.fnv(data bytea, seed bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
DECLARE
  m constant numeric := 18446744073709551616;
  h numeric := CASE WHEN seed < 0 THEN seed + 18446744073709551616 ELSE seed END;
  low bigint;
BEGIN
  FOR i IN 0..octet_length(data) - 1 LOOP
    low := (h % 256)::bigint;
    h := ((h - low + (low # get_byte(data, i))) * 1099511628211) % m;
  END LOOP;
  RETURN CASE WHEN h >= m / 2 THEN h - m ELSE h END;
END $$;
CREATE FUNCTION redshift_lab.backwards(data bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT decode(string_agg(lpad(to_hex(get_byte(data, i)), 2, '0'), '' ORDER BY i DESC), 'hex')
    FROM generate_series(0, octet_length(data) - 1) i
$$;
CREATE FUNCTION pg_catalog.fnv_hash(text, seed bigint DEFAULT -3750763034362895579) RETURNS bigint LANGUAGE sql
  IMMUTABLE STRICT AS $$SELECT redshift_lab.fnv(convert_to($1, 'UTF8'), $2)$$;
CREATE FUNCTION pg_catalog.fnv_hash(smallint, seed bigint DEFAULT -3750763034362895579) RETURNS bigint LANGUAGE sql
  IMMUTABLE STRICT AS 'SELECT redshift_lab.fnv(redshift_lab.backwards(int2send($1)), $2)';
CREATE FUNCTION pg_catalog.fnv_hash(integer, seed bigint DEFAULT -3750763034362895579) RETURNS bigint LANGUAGE sql
  IMMUTABLE STRICT AS 'SELECT redshift_lab.fnv(redshift_lab.backwards(int4send($1)), $2)';
CREATE FUNCTION pg_catalog.fnv_hash(bigint, seed bigint DEFAULT -3750763034362895579) RETURNS bigint LANGUAGE sql
  IMMUTABLE STRICT AS 'SELECT redshift_lab.fnv(redshift_lab.backwards(int8send($1)), $2)';

-- The middle values, of all rows or of a window. Decimals are interpolated exactly (r_PERCENTILE_CONT): between the
-- rows
-- before and after 1 + p * (n - 1).
CREATE FUNCTION redshift_lab.percentile(numeric[], p float8) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  sorted numeric[] := array(SELECT v FROM unnest($1) v WHERE v IS NOT NULL ORDER BY v);
  place numeric := 1 + p::numeric * (cardinality(sorted) - 1);
BEGIN
  IF p < 0 OR p > 1 THEN
    PERFORM redshift_lab.raise('22003', format('percentile value %s is not between 0 and 1', p));
  END IF;
  RETURN trim_scale(CASE WHEN place = floor(place) THEN sorted[place::integer]
    ELSE (ceil(place) - place) * sorted[floor(place)::integer] + (place - floor(place)) * sorted[ceil(place)::integer]
      END);
END $$;
DO $do$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['smallint', 'integer', 'bigint'] LOOP
    EXECUTE format('CREATE FUNCTION redshift_lab.percentile(%s[], p float8) RETURNS numeric LANGUAGE sql IMMUTABLE AS '
      '$b$SELECT redshift_lab.percentile($1::numeric[], p)$b$', t);
  END LOOP;
END $do$;
CREATE FUNCTION redshift_lab.percentile(float4[], p float8) RETURNS float8 LANGUAGE sql
  IMMUTABLE AS 'SELECT percentile_cont(p) WITHIN GROUP (ORDER BY v::float8) FROM unnest($1) v WHERE v IS NOT NULL';
CREATE FUNCTION redshift_lab.percentile(float8[], p float8) RETURNS float8 LANGUAGE sql
  IMMUTABLE AS 'SELECT percentile_cont(p) WITHIN GROUP (ORDER BY v) FROM unnest($1) v WHERE v IS NOT NULL';
CREATE FUNCTION redshift_lab.percentile(date[], p float8) RETURNS date LANGUAGE sql IMMUTABLE AS $$
  SELECT date '2000-01-01' + floor(percentile_cont(p) WITHIN GROUP (ORDER BY (v - date '2000-01-01')::float8))::integer
    FROM unnest($1) v WHERE v IS NOT NULL
$$;
CREATE FUNCTION redshift_lab.percentile(timestamp[], p float8) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$
  SELECT timestamp '2000-01-01' + percentile_cont(p) WITHIN GROUP (ORDER BY v - timestamp '2000-01-01')
    FROM unnest($1) v WHERE v IS NOT NULL
$$;
CREATE FUNCTION redshift_lab.percentile(timestamptz[], p float8) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT timestamptz '2000-01-01 00:00:00+00' + percentile_cont(p) WITHIN
    GROUP (ORDER BY v - timestamptz '2000-01-01 00:00:00+00') FROM unnest($1) v WHERE v IS NOT NULL
$$;
CREATE FUNCTION redshift_lab.percentile_disc(sorted anyarray, p float8, backwards boolean) RETURNS anyelement
  LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF backwards THEN
    RETURN (SELECT percentile_disc(p) WITHIN GROUP (ORDER BY v DESC) FROM unnest(sorted) v WHERE v IS NOT NULL);
  END IF;
  RETURN (SELECT percentile_disc(p) WITHIN GROUP (ORDER BY v) FROM unnest(sorted) v WHERE v IS NOT NULL);
END $$;
CREATE FUNCTION redshift_lab.listed(vals anyarray, mark text, backwards boolean) RETURNS text LANGUAGE plpgsql
  IMMUTABLE AS $$
BEGIN
  IF backwards THEN
    RETURN redshift_lab.list_of((SELECT string_agg(v::text, mark ORDER BY v DESC)
      FROM (SELECT DISTINCT v FROM unnest(vals) v WHERE octet_length(v::text) > 0) d));
  END IF;
  RETURN redshift_lab.list_of((SELECT string_agg(v::text, mark ORDER BY v)
    FROM (SELECT DISTINCT v FROM unnest(vals) v WHERE octet_length(v::text) > 0) d));
END $$;

-- AVG of whole numbers is a whole number.
CREATE FUNCTION redshift_lab.whole(numeric, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT trunc($1)::bigint';
CREATE FUNCTION redshift_lab.whole_avg(bigint[]) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT CASE WHEN $1[1] > 0 THEN $1[2] / $1[1] END';
UPDATE pg_catalog.pg_aggregate SET aggfinalfn = 'redshift_lab.whole_avg(bigint[])'::regprocedure,
  aggmfinalfn = 'redshift_lab.whole_avg(bigint[])'::regprocedure
  WHERE aggfnoid IN ('pg_catalog.avg(integer)'::regprocedure, 'pg_catalog.avg(smallint)'::regprocedure);
UPDATE pg_catalog.pg_proc SET prorettype = 'bigint'::regtype
  WHERE oid IN ('pg_catalog.avg(integer)'::regprocedure, 'pg_catalog.avg(smallint)'::regprocedure);
CREATE FUNCTION redshift_lab.add_one(numeric[], bigint) RETURNS numeric[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN $2 IS NULL THEN $1 ELSE ARRAY[$1[1] + 1, $1[2] + $2] END
$$;
CREATE FUNCTION redshift_lab.take_one(numeric[], bigint) RETURNS numeric[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN $2 IS NULL THEN $1 ELSE ARRAY[$1[1] - 1, $1[2] - $2] END
$$;
CREATE FUNCTION redshift_lab.add_all(numeric[], numeric[]) RETURNS numeric[] LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT ARRAY[$1[1] + $2[1], $1[2] + $2[2]]';
CREATE FUNCTION redshift_lab.whole_mean(numeric[]) RETURNS bigint LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT CASE WHEN $1[1] > 0 THEN trunc($1[2] / $1[1])::bigint END';
CREATE AGGREGATE redshift_lab.avg_of_bigint(bigint) (
  SFUNC = redshift_lab.add_one, STYPE = numeric[], INITCOND = '{0,0}', FINALFUNC = redshift_lab.whole_mean,
    COMBINEFUNC = redshift_lab.add_all,
  MSFUNC = redshift_lab.add_one, MINVFUNC = redshift_lab.take_one, MSTYPE = numeric[], MINITCOND = '{0,0}',
    MFINALFUNC = redshift_lab.whole_mean, PARALLEL = SAFE
);
UPDATE pg_catalog.pg_aggregate a SET (aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn,
  aggminvtransfn, aggmfinalfn, aggtranstype, aggmtranstype, agginitval, aggminitval)
  = (SELECT aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn,
    aggtranstype, aggmtranstype, agginitval, aggminitval
     FROM pg_catalog.pg_aggregate WHERE aggfnoid = 'redshift_lab.avg_of_bigint'::regproc)
  WHERE aggfnoid = 'pg_catalog.avg(bigint)'::regprocedure;
UPDATE pg_catalog.pg_proc SET prorettype = 'bigint'::regtype WHERE oid = 'pg_catalog.avg(bigint)'::regprocedure;

-- The last value that is not null, for the functions that may ignore nulls.
CREATE FUNCTION redshift_lab.keep_last(anyelement, anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT coalesce($2, $1)';
CREATE AGGREGATE redshift_lab.last_not_null(anyelement) (SFUNC = redshift_lab.keep_last, STYPE = anyelement);
CREATE FUNCTION redshift_lab.keep_first(anyelement, anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT coalesce($1, $2)';
CREATE AGGREGATE redshift_lab.first_not_null(anyelement) (SFUNC = redshift_lab.keep_first, STYPE = anyelement);
CREATE FUNCTION redshift_lab.nth_not_null(vals anyarray, n integer) RETURNS anyelement LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS $$
  SELECT v FROM unnest(vals) WITH ORDINALITY AS t(v, o) WHERE v IS NOT NULL ORDER BY o OFFSET n - 1 LIMIT 1
$$;
CREATE FUNCTION redshift_lab.nth_last_not_null(vals anyarray, n integer) RETURNS anyelement LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS $$
  SELECT v FROM unnest(vals) WITH ORDINALITY AS t(v, o) WHERE v IS NOT NULL ORDER BY o DESC OFFSET n - 1 LIMIT 1
$$;

-- Blanks at the end count for nothing when texts are compared, as for CHAR.
UPDATE pg_catalog.pg_operator o SET oprcode = f.code::regproc, oprrest = o.oprrest
FROM (VALUES ('=', 'bpchareq'), ('<>', 'bpcharne'), ('<', 'bpcharlt'), ('<=', 'bpcharle'), ('>', 'bpchargt'),
  ('>=', 'bpcharge')) AS f (name, code)
WHERE o.oprname = f.name AND o.oprleft = 'text'::regtype AND o.oprright = 'text'::regtype;
UPDATE pg_catalog.pg_amproc p SET amproc = CASE p.amprocnum WHEN 1 THEN 'bpcharcmp(bpchar,bpchar)'::regprocedure
  ELSE 'bpchar_sortsupport'::regproc END
FROM pg_catalog.pg_opfamily f WHERE p.amprocfamily = f.oid AND f.opfname = 'text_ops'
  AND p.amproclefttype = 'text'::regtype AND p.amprocrighttype = 'text'::regtype
  AND p.amprocnum IN (1, 2) AND f.opfmethod = (SELECT oid FROM pg_am WHERE amname = 'btree');
DELETE FROM pg_catalog.pg_amproc p USING pg_catalog.pg_opfamily f WHERE p.amprocfamily = f.oid
  AND f.opfname = 'text_ops' AND p.amprocnum = 4
  AND p.amproclefttype = 'text'::regtype AND f.opfmethod = (SELECT oid FROM pg_am WHERE amname = 'btree');
UPDATE pg_catalog.pg_amproc p SET amproc = CASE p.amprocnum WHEN 1 THEN 'hashbpchar'::regproc
  ELSE 'hashbpcharextended'::regproc END
FROM pg_catalog.pg_opfamily f WHERE p.amprocfamily = f.oid AND f.opfname = 'text_ops'
  AND p.amproclefttype = 'text'::regtype
  AND f.opfmethod = (SELECT oid FROM pg_am WHERE amname = 'hash');

-- VARCHAR(n) and CHAR(n) hold n bytes, not characters.
-- The first bytes of a text, cut where a character ends (r_CAST_function, c_Supported_data_types: multibyte
-- characters).
CREATE FUNCTION redshift_lab.first_bytes(value text, length integer) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
DECLARE
  data bytea := convert_to(value, 'UTF8');
  size integer := least(length, octet_length(data));
BEGIN
  -- A byte that continues a character has the bits 10 in front.
  WHILE size > 0 AND size < octet_length(data) AND get_byte(data, size) & 192 = 128 LOOP
    size := size - 1;
  END LOOP;
  RETURN convert_from(substring(data FROM 1 FOR size), 'UTF8');
END $$;
CREATE FUNCTION redshift_lab.fit(value text, length integer, cut boolean, name text) RETURNS text LANGUAGE plpgsql
  IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF NOT cut AND octet_length(rtrim(value, ' ')) > length THEN
    RAISE EXCEPTION USING ERRCODE = '22001', MESSAGE = format('value too long for type %s(%s)', name, length);
  END IF;
  RETURN redshift_lab.first_bytes(value, length);
END $$;
CREATE FUNCTION redshift_lab.as_varchar(varchar, integer, boolean) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
  SELECT CASE WHEN $2 < 4 OR octet_length($1) <= $2 - 4 THEN $1
    ELSE redshift_lab.fit($1, $2 - 4, $3, 'character varying') END
$$;
UPDATE pg_catalog.pg_cast SET castfunc = 'redshift_lab.as_varchar'::regproc WHERE castsource = 'varchar'::regtype
  AND casttarget = 'varchar'::regtype;

-- SUM of whole numbers is a whole number, of eight bytes.
CREATE AGGREGATE redshift_lab.sum_of_bigint(bigint) (SFUNC = int8pl, STYPE = bigint, COMBINEFUNC = int8pl,
  MSFUNC = int8pl, MINVFUNC = int8mi, MSTYPE = bigint, PARALLEL = SAFE);
UPDATE pg_catalog.pg_aggregate a SET (aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn,
  aggminvtransfn, aggmfinalfn, aggtranstype, aggtransspace, aggmtranstype, aggmtransspace, agginitval, aggminitval)
  = (SELECT aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn,
    aggtranstype, aggtransspace, aggmtranstype, aggmtransspace, agginitval, aggminitval
     FROM pg_catalog.pg_aggregate WHERE aggfnoid = 'redshift_lab.sum_of_bigint'::regproc)
  WHERE aggfnoid = 'pg_catalog.sum(bigint)'::regprocedure;
UPDATE pg_catalog.pg_proc SET prorettype = 'bigint'::regtype WHERE oid = 'pg_catalog.sum(bigint)'::regprocedure;
