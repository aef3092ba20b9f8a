-- TO_TIMESTAMP carries hours, minutes, seconds and days over unless it is strict.
ALTER FUNCTION pg_catalog.to_timestamp(text, text) RENAME TO plain_to_timestamp;
CREATE FUNCTION pg_catalog.to_timestamp(value text, format text) RETURNS timestamptz LANGUAGE plpgsql STABLE
  STRICT AS $$
DECLARE
  p record;
  place integer;
  digits text;
  rest text := value;
  extra interval := interval '0';
BEGIN
  RETURN plain_to_timestamp(value, format);
EXCEPTION WHEN datetime_field_overflow THEN
  FOR p IN SELECT * FROM (VALUES ('DD', 1, interval '1 day'), ('HH24', 0, interval '1 hour'),
    ('MI', 0, interval '1 minute'), ('SS', 0, interval '1 second')) AS f (name, base, step) LOOP
    place := position(p.name IN upper(format));
    CONTINUE WHEN place = 0;
    -- HH24 stands for two digits.
    IF p.name IN ('MI', 'SS') AND position('HH24' IN upper(format)) BETWEEN 1 AND place THEN
      place := place - 2;
    END IF;
    digits := substr(rest, place, 2);
    CONTINUE WHEN digits !~ '^[0-9][0-9]$';
    extra := extra + (digits::integer - p.base) * p.step;
    rest := overlay(rest PLACING lpad(p.base::text, 2, '0') FROM place FOR 2);
  END LOOP;
  RETURN plain_to_timestamp(rest, format) + extra;
END $$;
CREATE FUNCTION pg_catalog.to_timestamp(text, text, strict boolean) RETURNS timestamptz LANGUAGE plpgsql STABLE
  STRICT AS $$
BEGIN
  RETURN CASE WHEN $3 THEN plain_to_timestamp($1, $2) ELSE to_timestamp($1, $2) END;
END $$;

-- Whole numbers are days.
CREATE FUNCTION redshift_lab.plus_days(timestamp, integer) RETURNS timestamp LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT $1 + make_interval(days => $2)';
CREATE FUNCTION redshift_lab.minus_days(timestamp, integer) RETURNS timestamp LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT $1 - make_interval(days => $2)';
CREATE FUNCTION redshift_lab.plus_days(timestamptz, integer) RETURNS timestamptz LANGUAGE sql STABLE STRICT
  PARALLEL SAFE AS 'SELECT $1 + make_interval(days => $2)';
CREATE FUNCTION redshift_lab.minus_days(timestamptz, integer) RETURNS timestamptz LANGUAGE sql STABLE STRICT
  PARALLEL SAFE AS 'SELECT $1 - make_interval(days => $2)';
CREATE FUNCTION redshift_lab.days_plus(integer, timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT $2 + make_interval(days => $1)';
CREATE OPERATOR pg_catalog.+ (LEFTARG = timestamp, RIGHTARG = integer, FUNCTION = redshift_lab.plus_days);
CREATE OPERATOR pg_catalog.- (LEFTARG = timestamp, RIGHTARG = integer, FUNCTION = redshift_lab.minus_days);
CREATE OPERATOR pg_catalog.+ (LEFTARG = timestamptz, RIGHTARG = integer, FUNCTION = redshift_lab.plus_days);
CREATE OPERATOR pg_catalog.- (LEFTARG = timestamptz, RIGHTARG = integer, FUNCTION = redshift_lab.minus_days);
CREATE OPERATOR pg_catalog.+ (LEFTARG = integer, RIGHTARG = timestamp, FUNCTION = redshift_lab.days_plus);
