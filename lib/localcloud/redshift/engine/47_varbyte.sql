-- VARBYTE: binary values.
CREATE FUNCTION pg_catalog.from_hex(text) RETURNS varbyte LANGUAGE sql IMMUTABLE
  STRICT AS $$SELECT decode(repeat('0', length($1) % 2) || $1, 'hex')$$;
CREATE FUNCTION redshift_lab.binary_digits(bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT coalesce(string_agg(get_byte($1, i)::bit(8)::text, '' ORDER BY i), '')
    FROM generate_series(0, octet_length($1) - 1) i
$$;
CREATE FUNCTION redshift_lab.of_binary_digits(text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT decode(coalesce(string_agg(lpad(to_hex(substr(d, i * 8 + 1, 8)::bit(8)::integer), 2, '0'), '' ORDER BY i), ''),
    'hex')
  FROM (SELECT repeat('0', (8 - length($1) % 8) % 8) || $1 AS d) p, generate_series(0, length(d) / 8 - 1) i
$$;
CREATE FUNCTION pg_catalog.to_varbyte(value text, format text) RETURNS varbyte LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  RETURN CASE lower(format) WHEN 'hex' THEN from_hex(value) WHEN 'binary' THEN redshift_lab.of_binary_digits(value)
    WHEN 'base64' THEN decode(value, 'base64') WHEN 'utf8' THEN convert_to(value, 'UTF8')
      WHEN 'utf-8' THEN convert_to(value, 'UTF8')
    ELSE redshift_lab.raise('22023', format('unknown format of a binary value: "%s"', format))::bytea END;
END $$;
CREATE FUNCTION pg_catalog.from_varbyte(value varbyte, format text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  RETURN CASE lower(format) WHEN 'hex' THEN encode(value, 'hex') WHEN 'binary' THEN redshift_lab.binary_digits(value)
    WHEN 'base64' THEN encode(value, 'base64') WHEN 'utf8' THEN convert_from(value, 'UTF8')
      WHEN 'utf-8' THEN convert_from(value, 'UTF8')
    ELSE redshift_lab.raise('22023', format('unknown format of a binary value: "%s"', format)) END;
END $$;
CREATE FUNCTION pg_catalog.from_varbyte(value text, format text) RETURNS text LANGUAGE sql IMMUTABLE
  STRICT AS $$SELECT from_varbyte(convert_to($1, 'UTF8'), $2)$$;
CREATE FUNCTION pg_catalog.getbit(varbyte, integer) RETURNS integer LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT (get_byte($1, octet_length($1) - 1 - $2 / 8) >> ($2 % 8)) & 1';
CREATE FUNCTION pg_catalog.to_hex(bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$SELECT encode($1, 'hex')$$;
CREATE FUNCTION pg_catalog.len(bytea) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'byteaoctetlen';
CREATE FUNCTION pg_catalog.concat(bytea, bytea) RETURNS varbyte LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1 || $2';
CREATE FUNCTION pg_catalog.json_serialize_to_varbyte(super) RETURNS varbyte LANGUAGE sql IMMUTABLE
  STRICT AS $$SELECT convert_to("json_serialize"($1), 'UTF8')$$;
CREATE FUNCTION redshift_lab.bits(a bytea, b bytea, how text) RETURNS varbyte LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT decode(coalesce(string_agg(lpad(to_hex(CASE how WHEN '&' THEN x & y WHEN '|' THEN x | y ELSE 255 - x END), 2,
    '0'), '' ORDER BY i), ''), 'hex')
  FROM generate_series(0, greatest(octet_length(a), octet_length(b)) - 1) i,
    LATERAL (SELECT CASE WHEN i < octet_length(a) THEN get_byte(a, i) ELSE 0 END AS x,
      CASE WHEN i < octet_length(b) THEN get_byte(b, i) ELSE 0 END AS y) p
$$;
CREATE FUNCTION redshift_lab.bits_and(bytea, bytea) RETURNS varbyte LANGUAGE sql IMMUTABLE
  STRICT AS $$SELECT redshift_lab.bits($1, $2, '&')$$;
CREATE FUNCTION redshift_lab.bits_or(bytea, bytea) RETURNS varbyte LANGUAGE sql IMMUTABLE
  STRICT AS $$SELECT redshift_lab.bits($1, $2, '|')$$;
CREATE FUNCTION redshift_lab.bits_not(bytea) RETURNS varbyte LANGUAGE sql IMMUTABLE
  STRICT AS $$SELECT redshift_lab.bits($1, $1, '~')$$;
CREATE OPERATOR pg_catalog.+ (LEFTARG = bytea, RIGHTARG = bytea, FUNCTION = pg_catalog.concat);
CREATE OPERATOR pg_catalog.& (LEFTARG = bytea, RIGHTARG = bytea, FUNCTION = redshift_lab.bits_and);
CREATE OPERATOR pg_catalog.| (LEFTARG = bytea, RIGHTARG = bytea, FUNCTION = redshift_lab.bits_or);
CREATE OPERATOR pg_catalog.~ (RIGHTARG = bytea, FUNCTION = redshift_lab.bits_not);
-- As text a binary value is the UTF-8 that it holds.
CREATE FUNCTION redshift_lab.bytes_text(bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$SELECT convert_from($1,
  'UTF8')$$;
CREATE FUNCTION redshift_lab.bytes_varchar(bytea, integer, boolean) RETURNS varchar LANGUAGE sql IMMUTABLE
  STRICT AS $$SELECT redshift_lab.as_varchar(convert_from($1, 'UTF8')::varchar, $2, $3)$$;
CREATE CAST (bytea AS text) WITH FUNCTION redshift_lab.bytes_text(bytea);
CREATE CAST (bytea AS varchar) WITH FUNCTION redshift_lab.bytes_varchar(bytea, integer, boolean);
