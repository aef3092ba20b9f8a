-- INTERVAL YEAR TO MONTH and INTERVAL DAY TO SECOND under Redshift's names: whole months, or microseconds of days of 24
-- hours.
-- A value is kept as the engine's interval that holds nothing else, so that comparisons and sums with dates are the
-- engine's.
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['intervaly2m', 'intervald2s'] LOOP
    EXECUTE format($f$
      CREATE TYPE pg_catalog.%1$s;
      CREATE FUNCTION redshift_lab.%1$s_in(cstring, oid, integer) RETURNS %1$s LANGUAGE internal STABLE STRICT
        PARALLEL SAFE AS 'interval_in';
      CREATE FUNCTION redshift_lab.%1$s_out(%1$s) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT
        PARALLEL SAFE AS 'interval_out';
      CREATE FUNCTION redshift_lab.%1$s_recv(internal, oid, integer) RETURNS %1$s LANGUAGE internal IMMUTABLE STRICT
        PARALLEL SAFE AS 'interval_recv';
      CREATE FUNCTION redshift_lab.%1$s_typmodin(cstring[]) RETURNS integer LANGUAGE internal IMMUTABLE STRICT
        PARALLEL SAFE AS 'intervaltypmodin';
      CREATE FUNCTION redshift_lab.%1$s_typmodout(integer) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT
        PARALLEL SAFE AS 'intervaltypmodout';
      CREATE TYPE pg_catalog.%1$s (INPUT = redshift_lab.%1$s_in, OUTPUT = redshift_lab.%1$s_out,
        RECEIVE = redshift_lab.%1$s_recv,
        TYPMOD_IN = redshift_lab.%1$s_typmodin, TYPMOD_OUT = redshift_lab.%1$s_typmodout, LIKE = interval,
          CATEGORY = 'T');
      CREATE CAST (%1$s AS interval) WITHOUT FUNCTION AS IMPLICIT;
      -- With days carried over into hours or months into days, of which there are none: the same value, as the type.
      CREATE FUNCTION redshift_lab.plain_%1$s(interval) RETURNS %1$s LANGUAGE internal IMMUTABLE STRICT
        PARALLEL SAFE AS %2$L;
    $f$, t, CASE t WHEN 'intervald2s' THEN 'interval_justify_hours' ELSE 'interval_justify_days' END);
  END LOOP;
END $$;

-- Months, or microseconds.
CREATE FUNCTION redshift_lab.units(intervaly2m) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT pg_catalog.extract('year', $1::interval) * 12 + pg_catalog.extract('month', $1::interval)$$;
CREATE FUNCTION redshift_lab.units(intervald2s) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT trunc(pg_catalog.extract('epoch', $1::interval) * 1000000)$$;
CREATE FUNCTION redshift_lab.of_units(numeric, intervaly2m) RETURNS intervaly2m LANGUAGE sql STABLE
  PARALLEL SAFE AS $$SELECT redshift_lab.plain_intervaly2m(make_interval(months => trunc($1)::integer))$$;
CREATE FUNCTION redshift_lab.of_units(numeric, intervald2s) RETURNS intervald2s LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT redshift_lab.as_intervald2s(make_interval(days => div($1, 86400000000)::integer) +
    make_interval(secs => mod(trunc($1), 86400000000)::float8 / 1000000))
$$;
CREATE FUNCTION redshift_lab.binary_of(intervaly2m) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT int4send(redshift_lab.units($1)::integer)';
CREATE FUNCTION redshift_lab.binary_of(intervald2s) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT int8send(redshift_lab.units($1)::bigint)';
ALTER TYPE pg_catalog.intervaly2m SET (SEND = redshift_lab.binary_of);
ALTER TYPE pg_catalog.intervald2s SET (SEND = redshift_lab.binary_of);
-- What is of both kinds is an error, or loses what the type does not hold.
CREATE FUNCTION redshift_lab.refuse_composite(type text, part text) RETURNS void LANGUAGE plpgsql STABLE
  PARALLEL SAFE AS $$
BEGIN
  IF redshift_lab.setting('interval_forbid_composite_literals', 'on') = 'on' THEN
    RAISE EXCEPTION USING ERRCODE = '22007', MESSAGE = format('Interval %s literal cannot contain %s parts. Disable '
      'the GUC '
      'interval_forbid_composite_literals to suppress this error and silently discard the %s part.', type, part, part);
  END IF;
END $$;
CREATE FUNCTION redshift_lab.as_intervaly2m(value interval) RETURNS intervaly2m LANGUAGE plpgsql STABLE STRICT
  PARALLEL SAFE AS $$
DECLARE
  months interval := make_interval(months => (pg_catalog.extract('year', value) * 12 + pg_catalog.extract('month',
    value))::integer);
BEGIN
  IF value <> months THEN
    PERFORM redshift_lab.refuse_composite('Year To Month', 'day-second');
  END IF;
  RETURN redshift_lab.plain_intervaly2m(months);
END $$;
CREATE FUNCTION redshift_lab.as_intervald2s(value interval) RETURNS intervald2s LANGUAGE plpgsql STABLE STRICT
  PARALLEL SAFE AS $$
DECLARE
  months integer := pg_catalog.extract('year', value) * 12 + pg_catalog.extract('month', value);
BEGIN
  IF months <> 0 THEN
    PERFORM redshift_lab.refuse_composite('Day To Second', 'year-month');
    value := value - make_interval(months => months);
  END IF;
  IF pg_catalog.extract('epoch', value) NOT BETWEEN -9223372036854.775808 AND 9223372036854.775807 THEN
    RAISE EXCEPTION USING ERRCODE = '22008', MESSAGE = 'interval out of range';
  END IF;
  RETURN redshift_lab.plain_intervald2s(value);
END $$;
-- A literal of months that also names days.
CREATE FUNCTION redshift_lab.months_of(interval) RETURNS interval LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
BEGIN
  PERFORM redshift_lab.refuse_composite('Year To Month', 'day-second');
  RETURN $1;
END $$;

-- What is computed of intervals of one kind is of that kind.
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['intervaly2m', 'intervald2s'] LOOP
    EXECUTE format($f$
      CREATE CAST (interval AS %1$s) WITH FUNCTION redshift_lab.as_%1$s(interval) AS ASSIGNMENT;
      CREATE FUNCTION redshift_lab.fit_%1$s(%1$s, integer, boolean) RETURNS %1$s LANGUAGE sql STABLE STRICT
        PARALLEL
        SAFE AS 'SELECT redshift_lab.as_%1$s(pg_catalog.interval(redshift_lab.as_%1$s($1::interval)::interval, $2))';
      CREATE CAST (%1$s AS %1$s) WITH FUNCTION redshift_lab.fit_%1$s(%1$s, integer, boolean) AS IMPLICIT;
      CREATE FUNCTION redshift_lab.plus(%1$s, %1$s) RETURNS %1$s LANGUAGE sql STABLE STRICT
        PARALLEL SAFE AS 'SELECT redshift_lab.as_%1$s($1::interval + $2::interval)';
      CREATE FUNCTION redshift_lab.minus(%1$s, %1$s) RETURNS %1$s LANGUAGE sql STABLE STRICT
        PARALLEL SAFE AS 'SELECT redshift_lab.as_%1$s($1::interval - $2::interval)';
      CREATE FUNCTION redshift_lab.minus(%1$s) RETURNS %1$s LANGUAGE sql STABLE STRICT
        PARALLEL SAFE AS 'SELECT redshift_lab.as_%1$s(- $1::interval)';
      CREATE FUNCTION redshift_lab.times(%1$s, float8) RETURNS %1$s LANGUAGE sql STABLE STRICT
        PARALLEL SAFE AS 'SELECT redshift_lab.of_units(redshift_lab.units($1) * $2::numeric, $1)';
      CREATE FUNCTION redshift_lab.times(float8, %1$s) RETURNS %1$s LANGUAGE sql STABLE STRICT
        PARALLEL SAFE AS 'SELECT redshift_lab.times($2, $1)';
      CREATE FUNCTION redshift_lab.over(%1$s, float8) RETURNS %1$s LANGUAGE sql STABLE STRICT
        PARALLEL SAFE AS 'SELECT redshift_lab.of_units(redshift_lab.units($1) / $2::numeric, $1)';
      CREATE OPERATOR pg_catalog.+ (LEFTARG = %1$s, RIGHTARG = %1$s, FUNCTION = redshift_lab.plus, COMMUTATOR = +);
      CREATE OPERATOR pg_catalog.- (LEFTARG = %1$s, RIGHTARG = %1$s, FUNCTION = redshift_lab.minus);
      CREATE OPERATOR pg_catalog.- (RIGHTARG = %1$s, FUNCTION = redshift_lab.minus);
      CREATE OPERATOR pg_catalog.* (LEFTARG = %1$s, RIGHTARG = float8, FUNCTION = redshift_lab.times);
      CREATE OPERATOR pg_catalog.* (LEFTARG = float8, RIGHTARG = %1$s, FUNCTION = redshift_lab.times);
      CREATE OPERATOR pg_catalog./ (LEFTARG = %1$s, RIGHTARG = float8, FUNCTION = redshift_lab.over);
      CREATE FUNCTION redshift_lab.smaller(%1$s, %1$s) RETURNS %1$s LANGUAGE internal IMMUTABLE STRICT
        PARALLEL SAFE AS 'interval_smaller';
      CREATE FUNCTION redshift_lab.larger(%1$s, %1$s) RETURNS %1$s LANGUAGE internal IMMUTABLE STRICT
        PARALLEL SAFE AS 'interval_larger';
      CREATE FUNCTION redshift_lab.gather(numeric[], %1$s) RETURNS numeric[] LANGUAGE sql IMMUTABLE
        PARALLEL
        SAFE AS 'SELECT CASE WHEN $2 IS NULL THEN $1 ELSE ARRAY[$1[1] + redshift_lab.units($2), $1[2] + 1] END';
      CREATE FUNCTION redshift_lab.mean_%1$s(numeric[]) RETURNS %1$s LANGUAGE sql STABLE
        PARALLEL SAFE AS 'SELECT redshift_lab.of_units($1[1] / nullif($1[2], 0), NULL::%1$s)';
      CREATE AGGREGATE pg_catalog.sum(%1$s) (SFUNC = redshift_lab.plus, STYPE = %1$s);
      CREATE AGGREGATE pg_catalog.min(%1$s) (SFUNC = redshift_lab.smaller, STYPE = %1$s);
      CREATE AGGREGATE pg_catalog.max(%1$s) (SFUNC = redshift_lab.larger, STYPE = %1$s);
      CREATE AGGREGATE pg_catalog.avg(%1$s) (SFUNC = redshift_lab.gather, STYPE = numeric[], INITCOND = '{0,0}',
        FINALFUNC = redshift_lab.mean_%1$s);
    $f$, t);
  END LOOP;
END $$;
