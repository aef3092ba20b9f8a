-- Redshift's functions on dates. Units may be abbreviated
-- (https://docs.aws.amazon.com/redshift/latest/dg/r_Dateparts_for_datetime_functions.html).

CREATE FUNCTION redshift_lab.unit(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN CASE
    WHEN lower(name) IN ('millennium','millennia','mil','mils') THEN 'millennium'
    WHEN lower(name) IN ('century','centuries','c','cent','cents') THEN 'century'
    WHEN lower(name) IN ('decade','decades','dec','decs') THEN 'decade'
    WHEN lower(name) = 'epoch' THEN 'epoch'
    WHEN lower(name) IN ('year','years','y','yr','yrs') THEN 'year'
    WHEN lower(name) IN ('quarter','quarters','qtr','qtrs') THEN 'quarter'
    WHEN lower(name) IN ('month','months','mon','mons') THEN 'month'
    WHEN lower(name) IN ('week','weeks','w') THEN 'week'
    WHEN lower(name) IN ('dayofweek','dow','dw','weekday') THEN 'dow'
    WHEN lower(name) IN ('dayofyear','doy','dy','yearday') THEN 'doy'
    WHEN lower(name) IN ('day','days','d') THEN 'day'
    WHEN lower(name) IN ('hour','hours','h','hr','hrs') THEN 'hour'
    WHEN lower(name) IN ('minute','minutes','m','min','mins') THEN 'minute'
    WHEN lower(name) IN ('second','seconds','s','sec','secs') THEN 'second'
    WHEN lower(name) IN
      ('millisecond','milliseconds','ms','msec','msecs','msecond','mseconds','millisec','millisecs','millisecon')
      THEN 'millisecond'
    WHEN lower(name) IN
      ('microsecond','microseconds','us','microsec','microsecs','microsecond','usecond','useconds','usec','usecs')
      THEN 'microsecond'
    WHEN lower(name) IN ('timezone','timezone_hour','timezone_minute','isodow','isoyear','julian') THEN lower(name)
    ELSE redshift_lab.raise('22023', format('timestamp units "%s" not recognized', name))
  END;
END $$;

-- The functions below are in SQL and not STRICT, so that the planner puts their text in place of the call and cuts the
-- CASE
-- to the one branch of the unit: a call for each row would take 3 microseconds and keep the query from running in
-- parallel.

CREATE FUNCTION redshift_lab.plain_date_part(text, timestamp) RETURNS float8 LANGUAGE internal IMMUTABLE STRICT
  PARALLEL SAFE AS 'timestamp_part';
-- A part of a moment. PostgreSQL counts seconds into milli- and microseconds; Redshift does not. DATE_PART gives
-- seconds
-- with their fraction, EXTRACT without (r_Dateparts_for_datetime_functions).
CREATE FUNCTION redshift_lab.part(name text, moment timestamp) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE redshift_lab.unit(name)
    WHEN 'millisecond' THEN trunc(extract(microseconds FROM moment) % 1000000 / 1000)::float8
    WHEN 'microsecond' THEN (extract(microseconds FROM moment) % 1000000)::float8
    WHEN 'epoch' THEN trunc(extract(epoch FROM moment))::float8
    -- The first decade is that of the years 1 to 9.
    WHEN 'decade' THEN floor(extract(year FROM moment) / 10)::float8 + 1
    WHEN 'timezone' THEN 0 * redshift_lab.plain_date_part('year', moment)
    WHEN 'timezone_hour' THEN 0 * redshift_lab.plain_date_part('year', moment)
    WHEN 'timezone_minute' THEN 0 * redshift_lab.plain_date_part('year', moment)
    ELSE redshift_lab.plain_date_part(redshift_lab.unit(name), moment)
  END
$$;

ALTER FUNCTION pg_catalog.date_part(text, timestamp) RENAME TO plain_date_part;
ALTER FUNCTION pg_catalog.date_part(text, timestamptz) RENAME TO plain_date_part;
ALTER FUNCTION pg_catalog.date_part(text, date) RENAME TO plain_date_part;
ALTER FUNCTION pg_catalog.date_part(text, time) RENAME TO plain_date_part;
ALTER FUNCTION pg_catalog.date_part(text, interval) RENAME TO plain_date_part;
CREATE FUNCTION pg_catalog.date_part(text, timestamp) RETURNS float8 LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.part($1, $2)';
CREATE FUNCTION pg_catalog.date_part(text, date) RETURNS float8 LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.part($1, $2::timestamp)';
CREATE FUNCTION pg_catalog.date_part(text, timestamptz) RETURNS float8 LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN lower($1) = 'epoch' THEN trunc(extract(epoch FROM $2))::float8
    WHEN lower($1) IN ('timezone', 'timezone_hour', 'timezone_minute') THEN plain_date_part(lower($1), $2)
    ELSE redshift_lab.part($1, $2::timestamp) END
$$;
CREATE FUNCTION pg_catalog.date_part(text, time) RETURNS float8 LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS $$SELECT redshift_lab.part($1, date '1970-01-01' + $2)$$;
CREATE FUNCTION pg_catalog.date_part(text, interval) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE redshift_lab.unit($1) WHEN 'millisecond'
    THEN trunc(extract(microseconds FROM $2) % 1000000 / 1000)::float8
    WHEN 'microsecond' THEN (extract(microseconds FROM $2) % 1000000)::float8
    ELSE plain_date_part(redshift_lab.unit($1), $2) END
$$;
CREATE FUNCTION pg_catalog.date_part(text, text) RETURNS float8 LANGUAGE sql STABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.part($1, $2::timestamp)';
CREATE FUNCTION pg_catalog.pgdate_part(text, timestamp) RETURNS float8 LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.part($1, $2)';
CREATE FUNCTION pg_catalog.pgdate_part(text, interval) RETURNS float8 LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT date_part($1, $2)';

-- EXTRACT gives whole numbers.
CREATE FUNCTION redshift_lab.extract(text, timestamp) RETURNS integer LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT trunc(redshift_lab.part($1, $2))::integer';
CREATE FUNCTION redshift_lab.extract(text, date) RETURNS integer LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT redshift_lab.part($1, $2::timestamp)::integer';
CREATE FUNCTION redshift_lab.extract(text, timestamptz) RETURNS float8 LANGUAGE sql STABLE
  PARALLEL SAFE AS 'SELECT trunc(date_part($1, $2))';
CREATE FUNCTION redshift_lab.extract(text, time) RETURNS integer LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT trunc(date_part($1, $2))::integer';
CREATE FUNCTION redshift_lab.extract(text, interval) RETURNS integer LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT trunc(date_part($1, $2))::integer';
CREATE FUNCTION redshift_lab.extract(text, text) RETURNS integer LANGUAGE sql STABLE
  PARALLEL SAFE AS 'SELECT trunc(redshift_lab.part($1, $2::timestamp))::integer';

CREATE FUNCTION pg_catalog.date_trunc(text, date) RETURNS timestamp LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT date_trunc(redshift_lab.unit($1), $2::timestamp)';
CREATE FUNCTION pg_catalog.date_trunc(text, text) RETURNS timestamp LANGUAGE sql STABLE
  STRICT AS 'SELECT date_trunc(redshift_lab.unit($1), $2::timestamp)';
CREATE FUNCTION pg_catalog.trunc(timestamp) RETURNS date LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT $1::date';
CREATE FUNCTION pg_catalog.trunc(timestamptz) RETURNS date LANGUAGE sql STABLE STRICT
  PARALLEL SAFE AS 'SELECT $1::date';
CREATE FUNCTION pg_catalog.date_part_year(date) RETURNS integer LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT extract(year FROM $1)::integer';
CREATE FUNCTION pg_catalog.date_part_year(timestamp) RETURNS integer LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT extract(year FROM $1)::integer';
CREATE FUNCTION pg_catalog.date_part_year(text) RETURNS integer LANGUAGE sql STABLE
  STRICT AS 'SELECT extract(year FROM $1::timestamp)::integer';

CREATE FUNCTION redshift_lab.step(name text, n bigint) RETURNS interval LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE redshift_lab.unit(name)
    WHEN 'millennium' THEN make_interval(years => (n * 1000)::int)
      WHEN 'century' THEN make_interval(years => (n * 100)::int)
    WHEN 'decade' THEN make_interval(years => (n * 10)::int) WHEN 'year' THEN make_interval(years => n::int)
    WHEN 'quarter' THEN make_interval(months => (n * 3)::int) WHEN 'month' THEN make_interval(months => n::int)
    WHEN 'week' THEN make_interval(weeks => n::int) WHEN 'day' THEN make_interval(days => n::int)
    WHEN 'dow' THEN make_interval(days => n::int) WHEN 'doy' THEN make_interval(days => n::int)
    WHEN 'hour' THEN n * interval '1 hour' WHEN 'minute' THEN n * interval '1 minute'
      WHEN 'second' THEN n * interval '1 second'
    WHEN 'epoch' THEN n * interval '1 second'
    WHEN 'millisecond' THEN n * interval '1 millisecond' WHEN 'microsecond' THEN n * interval '1 microsecond'
    ELSE redshift_lab.raise('22023', 'timestamp units "' || name || '" not supported')::interval
  END
$$;
-- Years from 29 February lead to 1 March where that year has none, months to 28 February (r_DATEADD_function).
CREATE FUNCTION redshift_lab.leap_day(name text, a timestamp, b timestamp) RETURNS interval LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS $$
  SELECT CASE WHEN redshift_lab.unit(name) IN ('year', 'decade', 'century', 'millennium') AND extract(month FROM a) = 2
    AND extract(day FROM a) = 29
    AND extract(day FROM b) = 28 THEN interval '1 day' ELSE interval '0' END
$$;
CREATE FUNCTION pg_catalog.dateadd(text, bigint, timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT $3 + redshift_lab.step($1, $2) + redshift_lab.leap_day($1, $3, $3 + redshift_lab.step($1, '
  '$2))';
CREATE FUNCTION pg_catalog.dateadd(text, bigint, date) RETURNS timestamp LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT dateadd($1, $2, $3::timestamp)';
CREATE FUNCTION pg_catalog.dateadd(text, bigint, timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
  PARALLEL SAFE AS 'SELECT $3 + redshift_lab.step($1, $2) + redshift_lab.leap_day($1, $3::timestamp, ($3 + '
  'redshift_lab.step($1, $2))::timestamp)';
CREATE FUNCTION pg_catalog.dateadd(text, bigint, time) RETURNS time LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT $3 + redshift_lab.step($1, $2)';
CREATE FUNCTION pg_catalog.dateadd(text, bigint, text) RETURNS timestamp LANGUAGE sql STABLE
  PARALLEL SAFE AS 'SELECT dateadd($1, $2, $3::timestamp)';

-- How many bounds of the unit lie between two moments.
CREATE FUNCTION pg_catalog.datediff(name text, a timestamp, b timestamp) RETURNS bigint LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS $$
  SELECT CASE redshift_lab.unit(name)
    WHEN 'millennium' THEN (extract(millennium FROM b) - extract(millennium FROM a))::bigint
    WHEN 'century' THEN (extract(century FROM b) - extract(century FROM a))::bigint
    WHEN 'decade' THEN (extract(decade FROM b) - extract(decade FROM a))::bigint
    WHEN 'year' THEN (extract(year FROM b) - extract(year FROM a))::bigint
    WHEN 'quarter' THEN ((extract(year FROM b) - extract(year FROM a)) * 4 + extract(quarter FROM b) - extract(quarter
      FROM a))::bigint
    WHEN 'month' THEN ((extract(year FROM b) - extract(year FROM a)) * 12 + extract(month FROM b) - extract(month
      FROM a))::bigint
    -- Weeks begin on Sunday.
    WHEN 'week' THEN (floor((b::date - date '2000-01-02') / 7.0) - floor((a::date - date '2000-01-02') / 7.0))::bigint
    WHEN 'day' THEN (b::date - a::date)::bigint WHEN 'dow' THEN (b::date - a::date)::bigint
      WHEN 'doy' THEN (b::date - a::date)::bigint
    WHEN 'hour' THEN (floor(extract(epoch FROM b) / 3600) - floor(extract(epoch FROM a) / 3600))::bigint
    WHEN 'minute' THEN (floor(extract(epoch FROM b) / 60) - floor(extract(epoch FROM a) / 60))::bigint
    WHEN 'second' THEN (floor(extract(epoch FROM b)) - floor(extract(epoch FROM a)))::bigint
    WHEN 'epoch' THEN (floor(extract(epoch FROM b)) - floor(extract(epoch FROM a)))::bigint
    WHEN 'millisecond' THEN (floor(extract(epoch FROM b) * 1000) - floor(extract(epoch FROM a) * 1000))::bigint
    WHEN 'microsecond' THEN ((extract(epoch FROM b) - extract(epoch FROM a)) * 1000000)::bigint
    ELSE redshift_lab.raise('22023', 'timestamp units "' || name || '" not supported')::bigint
  END
$$;
CREATE FUNCTION pg_catalog.datediff(text, date, date) RETURNS bigint LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT datediff($1, $2::timestamp, $3::timestamp)';
CREATE FUNCTION pg_catalog.datediff(text, timestamptz, timestamptz) RETURNS bigint LANGUAGE sql STABLE
  PARALLEL SAFE AS $$SELECT datediff($1, $2 AT TIME ZONE 'UTC', $3 AT TIME ZONE 'UTC')$$;
CREATE FUNCTION pg_catalog.datediff(text, time, time) RETURNS bigint LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS $$SELECT datediff($1, date '2000-01-01' + $2, date '2000-01-01' + $3)$$;
CREATE FUNCTION pg_catalog.datediff(text, text, text) RETURNS bigint LANGUAGE sql STABLE
  PARALLEL SAFE AS 'SELECT datediff($1, $2::timestamp, $3::timestamp)';
-- A text beside a moment is one, too.
DO $do$
DECLARE
  kind text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['date', 'timestamp', 'timestamptz'] LOOP
    EXECUTE format('CREATE FUNCTION pg_catalog.datediff(text, text, %s) RETURNS bigint LANGUAGE sql STABLE PARALLEL '
      'SAFE AS $b$SELECT datediff($1, $2::timestamp, $3::timestamp)$b$', kind);
    EXECUTE format('CREATE FUNCTION pg_catalog.datediff(text, %s, text) RETURNS bigint LANGUAGE sql STABLE PARALLEL '
      'SAFE AS $b$SELECT datediff($1, $2::timestamp, $3::timestamp)$b$', kind);
    EXECUTE format('CREATE FUNCTION pg_catalog.months_between(text, %s) RETURNS float8 LANGUAGE sql STABLE PARALLEL '
      'SAFE AS $b$SELECT months_between($1::timestamp, $2::timestamp)$b$', kind);
    EXECUTE format('CREATE FUNCTION pg_catalog.months_between(%s, text) RETURNS float8 LANGUAGE sql STABLE PARALLEL '
      'SAFE AS $b$SELECT months_between($1::timestamp, $2::timestamp)$b$', kind);
  END LOOP;
END $do$;
CREATE FUNCTION pg_catalog.date_diff(text, timestamp, timestamp) RETURNS bigint LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT datediff($1, $2, $3)';
CREATE FUNCTION pg_catalog.date_diff(text, date, date) RETURNS bigint LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT datediff($1, $2, $3)';
CREATE FUNCTION pg_catalog.date_diff(text, text, text) RETURNS bigint LANGUAGE sql STABLE
  PARALLEL SAFE AS 'SELECT datediff($1, $2, $3)';

CREATE FUNCTION pg_catalog.last_day(timestamp) RETURNS date LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT (date_trunc('month', $1) + interval '1 month - 1 day')::date$$;
CREATE FUNCTION pg_catalog.last_day(date) RETURNS date LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT last_day($1::timestamp)';
CREATE FUNCTION pg_catalog.last_day(text) RETURNS date LANGUAGE sql STABLE STRICT AS 'SELECT last_day($1::timestamp)';
CREATE FUNCTION pg_catalog.add_months(timestamp, bigint) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN $1::date = last_day($1)
    THEN last_day(date_trunc('month', $1) + make_interval(months => $2::int)) + ($1 - date_trunc('day', $1))
    ELSE $1 + make_interval(months => $2::int) END
$$;
CREATE FUNCTION pg_catalog.add_months(date, bigint) RETURNS timestamp LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT add_months($1::timestamp, $2)';
CREATE FUNCTION pg_catalog.add_months(text, bigint) RETURNS timestamp LANGUAGE sql STABLE
  PARALLEL SAFE AS 'SELECT add_months($1::timestamp, $2)';
CREATE FUNCTION pg_catalog.next_day(date, text) RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
  -- Names may be cut where they stay unambiguous.
  wanted integer := (SELECT n FROM unnest('{sunday,monday,tuesday,wednesday,thursday,friday,saturday}'::text[]) WITH
    ORDINALITY AS d(name, n)
    WHERE starts_with(name, lower($2)) AND (length($2) > 1 OR lower($2) IN ('m', 'w', 'f')));
BEGIN
  wanted := wanted - 1;
  IF wanted IS NULL THEN
    PERFORM redshift_lab.raise('22023', format('Not a valid day of the week: %s', $2));
  END IF;
  RETURN $1 + 1 + (wanted - extract(dow FROM $1 + 1)::integer + 7) % 7;
END $$;
CREATE FUNCTION pg_catalog.next_day(timestamp, text) RETURNS date LANGUAGE sql IMMUTABLE
  STRICT AS 'SELECT next_day($1::date, $2)';
CREATE FUNCTION pg_catalog.next_day(text, text) RETURNS date LANGUAGE sql STABLE
  STRICT AS 'SELECT next_day($1::date, $2)';
CREATE FUNCTION pg_catalog.months_between(a timestamp, b timestamp) RETURNS float8 LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS $$
  SELECT (extract(year FROM a) - extract(year FROM b)) * 12 + extract(month FROM a) - extract(month FROM b)
    + CASE WHEN extract(day FROM a) = extract(day FROM b) OR (a::date = last_day(a) AND b::date = last_day(b)) THEN 0
      ELSE (extract(epoch FROM a - date_trunc('month', a)) - extract(epoch FROM b - date_trunc('month', b))) / 86400 /
        31 END
$$;
CREATE FUNCTION pg_catalog.months_between(date, date) RETURNS float8 LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT months_between($1::timestamp, $2::timestamp)';
CREATE FUNCTION pg_catalog.months_between(text, text) RETURNS float8 LANGUAGE sql STABLE
  PARALLEL SAFE AS 'SELECT months_between($1::timestamp, $2::timestamp)';

CREATE FUNCTION pg_catalog.convert_timezone(text, text, timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT ($3 AT TIME ZONE $1) AT TIME ZONE $2';
CREATE FUNCTION pg_catalog.convert_timezone(text, timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS $$SELECT ($2 AT TIME ZONE 'UTC') AT TIME ZONE $1$$;
CREATE FUNCTION pg_catalog.convert_timezone(text, timestamptz) RETURNS timestamp LANGUAGE sql IMMUTABLE
  PARALLEL SAFE AS 'SELECT $2 AT TIME ZONE $1';
CREATE FUNCTION pg_catalog.convert_timezone(text, text, text) RETURNS timestamp LANGUAGE sql STABLE
  PARALLEL SAFE AS 'SELECT ($3::timestamp AT TIME ZONE $1) AT TIME ZONE $2';
CREATE FUNCTION pg_catalog.convert_timezone(text, text) RETURNS timestamp LANGUAGE sql STABLE
  PARALLEL SAFE AS $$SELECT ($2::timestamp AT TIME ZONE 'UTC') AT TIME ZONE $1$$;
CREATE FUNCTION pg_catalog.getdate() RETURNS timestamp LANGUAGE sql STABLE AS $$SELECT date_trunc('second',
  statement_timestamp())::timestamp$$;
CREATE FUNCTION redshift_lab.sysdate() RETURNS timestamp LANGUAGE sql STABLE AS $$SELECT now()::timestamp$$;

-- TO_DATE carries a day past the end of its month over to the next one.
ALTER FUNCTION pg_catalog.to_date(text, text) RENAME TO plain_to_date;
CREATE FUNCTION pg_catalog.to_date(value text, format text) RETURNS date LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
  place integer := position('DD' IN upper(format));
  digits text := substr(value, place, 2);
BEGIN
  RETURN plain_to_date(value, format);
EXCEPTION WHEN datetime_field_overflow THEN
  IF place = 0 OR translate(digits, '0123456789', '') <> '' OR digits::integer > 31 THEN
    RAISE;
  END IF;
  RETURN plain_to_date(overlay(value PLACING '01' FROM place FOR 2), format) + digits::integer - 1;
END $$;
CREATE FUNCTION pg_catalog.to_date(text, text, strict boolean) RETURNS date LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
  RETURN CASE WHEN $3 THEN plain_to_date($1, $2) ELSE to_date($1, $2) END;
END $$;
