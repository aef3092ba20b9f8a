-- Whole numbers of 64 bits that wrap around, for hashes.
CREATE FUNCTION redshift_lab.wrap(numeric) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT (CASE WHEN m >= 9223372036854775808 THEN m - 18446744073709551616 ELSE m END)::bigint
    FROM (SELECT (mod($1, 18446744073709551616) + 18446744073709551616) % 18446744073709551616 AS m) r
$$;
CREATE FUNCTION redshift_lab.mul64(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT redshift_lab.wrap($1::numeric * $2::numeric)';
CREATE FUNCTION redshift_lab.add64(VARIADIC bigint[]) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT redshift_lab.wrap(sum(v::numeric)) FROM unnest($1) v';
CREATE FUNCTION redshift_lab.shr64(bigint, integer) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT ($1 >> $2) & ((1::bigint << (64 - $2)) - 1)';
CREATE FUNCTION redshift_lab.rot64(bigint, integer) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT redshift_lab.shr64($1, $2) | ($1 << (64 - $2))';
CREATE FUNCTION redshift_lab.fetch(data bytea, place integer, size integer) RETURNS bigint LANGUAGE plpgsql IMMUTABLE
  STRICT PARALLEL SAFE AS $$
DECLARE
  result bigint := 0;
BEGIN
  FOR i IN REVERSE size - 1..0 LOOP
    result := (result << 8) | get_byte(data, place + i);
  END LOOP;
  RETURN result;
END $$;

-- FarmHash's Fingerprint64 (https://github.com/google/farmhash).
CREATE FUNCTION redshift_lab.farm_mix(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT $1 # redshift_lab.shr64($1, 47)';
CREATE FUNCTION redshift_lab.farm_16(u bigint, v bigint, m bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
DECLARE
  a bigint := redshift_lab.farm_mix(redshift_lab.mul64(u # v, m));
BEGIN
  RETURN redshift_lab.mul64(redshift_lab.farm_mix(redshift_lab.mul64(v # a, m)), m);
END $$;
CREATE FUNCTION redshift_lab.farm_weak(d bytea, p integer, a bigint, b bigint) RETURNS bigint[] LANGUAGE plpgsql
  IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  z bigint := redshift_lab.fetch(d, p + 24, 8);
  c bigint;
BEGIN
  a := redshift_lab.add64(a, redshift_lab.fetch(d, p, 8));
  b := redshift_lab.rot64(redshift_lab.add64(b, a, z), 21);
  c := a;
  a := redshift_lab.add64(a, redshift_lab.fetch(d, p + 8, 8), redshift_lab.fetch(d, p + 16, 8));
  b := redshift_lab.add64(b, redshift_lab.rot64(a, 44));
  RETURN ARRAY[redshift_lab.add64(a, z), redshift_lab.add64(b, c)];
END $$;
CREATE FUNCTION redshift_lab.farm_short(d bytea) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  k0 constant bigint := -4348849565147123417; k1 constant bigint := -5435081209227447693;
    k2 constant bigint := -7286425919675154353;
  n integer := octet_length(d);
  m bigint := redshift_lab.add64(k2, n * 2);
  a bigint; b bigint; c bigint; e bigint; f bigint; g bigint; h bigint; y bigint; z bigint;
BEGIN
  IF n = 0 THEN
    RETURN k2;
  ELSIF n < 4 THEN
    y := get_byte(d, 0) + (get_byte(d, n / 2) << 8);
    z := n + (get_byte(d, n - 1) << 2);
    RETURN redshift_lab.mul64(redshift_lab.farm_mix(redshift_lab.mul64(y, k2) # redshift_lab.mul64(z, k0)), k2);
  ELSIF n < 8 THEN
    RETURN redshift_lab.farm_16(n + (redshift_lab.fetch(d, 0, 4) << 3), redshift_lab.fetch(d, n - 4, 4), m);
  ELSIF n <= 16 THEN
    a := redshift_lab.add64(redshift_lab.fetch(d, 0, 8), k2);
    b := redshift_lab.fetch(d, n - 8, 8);
    c := redshift_lab.add64(redshift_lab.mul64(redshift_lab.rot64(b, 37), m), a);
    RETURN redshift_lab.farm_16(c, redshift_lab.mul64(redshift_lab.add64(redshift_lab.rot64(a, 25), b), m), m);
  END IF;
  a := redshift_lab.mul64(redshift_lab.fetch(d, 0, 8), CASE WHEN n <= 32 THEN k1 ELSE k2 END);
  b := redshift_lab.fetch(d, 8, 8);
  c := redshift_lab.mul64(redshift_lab.fetch(d, n - 8, 8), m);
  y := redshift_lab.add64(redshift_lab.rot64(redshift_lab.add64(a, b), 43), redshift_lab.rot64(c, 30),
    redshift_lab.mul64(redshift_lab.fetch(d, n - 16, 8), k2));
  z := redshift_lab.farm_16(y, redshift_lab.add64(a, redshift_lab.rot64(redshift_lab.add64(b, k2), 18), c), m);
  IF n <= 32 THEN
    RETURN z;
  END IF;
  e := redshift_lab.mul64(redshift_lab.fetch(d, 16, 8), m);
  f := redshift_lab.fetch(d, 24, 8);
  g := redshift_lab.mul64(redshift_lab.add64(y, redshift_lab.fetch(d, n - 32, 8)), m);
  h := redshift_lab.mul64(redshift_lab.add64(z, redshift_lab.fetch(d, n - 24, 8)), m);
  RETURN redshift_lab.farm_16(redshift_lab.add64(redshift_lab.rot64(redshift_lab.add64(e, f), 43),
    redshift_lab.rot64(g, 30), h), redshift_lab.add64(e, redshift_lab.rot64(redshift_lab.add64(f, a), 18), g), m);
END $$;
CREATE FUNCTION redshift_lab.farm(d bytea) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  k0 constant bigint := -4348849565147123417; k1 constant bigint := -5435081209227447693;
    k2 constant bigint := -7286425919675154353;
  n integer := octet_length(d);
  s integer := 0;
  m bigint := k1;
  x bigint := redshift_lab.mul64(81, k2);
  y bigint := redshift_lab.add64(redshift_lab.mul64(81, k1), 113);
  z bigint := redshift_lab.mul64(redshift_lab.farm_mix(redshift_lab.add64(redshift_lab.mul64(y, k2), 113)), k2);
  v bigint[] := '{0,0}'; w bigint[] := '{0,0}'; t bigint;
BEGIN
  IF n <= 64 THEN
    RETURN redshift_lab.farm_short(d);
  END IF;
  x := redshift_lab.add64(x, redshift_lab.fetch(d, 0, 8));
  FOR round IN 0..(n - 1) / 64 LOOP
    IF round = (n - 1) / 64 THEN  -- the last one reads the last 64 bytes
      m := redshift_lab.add64(k1, (z & 255) << 1);
      s := n - 64;
      w[1] := redshift_lab.add64(w[1], (n - 1) & 63);
      v[1] := redshift_lab.add64(v[1], w[1]);
      w[1] := redshift_lab.add64(w[1], v[1]);
    END IF;
    x := redshift_lab.mul64(redshift_lab.rot64(redshift_lab.add64(x, y, v[1], redshift_lab.fetch(d, s + 8, 8)), 37), m);
    y := redshift_lab.mul64(redshift_lab.rot64(redshift_lab.add64(y, v[2], redshift_lab.fetch(d, s + 48, 8)), 42), m);
    IF round = (n - 1) / 64 THEN
      x := x # redshift_lab.mul64(w[2], 9);
      y := redshift_lab.add64(y, redshift_lab.mul64(v[1], 9), redshift_lab.fetch(d, s + 40, 8));
    ELSE
      x := x # w[2];
      y := redshift_lab.add64(y, v[1], redshift_lab.fetch(d, s + 40, 8));
    END IF;
    z := redshift_lab.mul64(redshift_lab.rot64(redshift_lab.add64(z, w[1]), 33), m);
    v := redshift_lab.farm_weak(d, s, redshift_lab.mul64(v[2], m), redshift_lab.add64(x, w[1]));
    w := redshift_lab.farm_weak(d, s + 32, redshift_lab.add64(z, w[2]),
      redshift_lab.add64(y, redshift_lab.fetch(d, s + 16, 8)));
    t := z; z := x; x := t;
    s := s + 64;
  END LOOP;
  RETURN redshift_lab.farm_16(redshift_lab.add64(redshift_lab.farm_16(v[1], w[1], m),
    redshift_lab.mul64(redshift_lab.farm_mix(y), k0), z), redshift_lab.add64(redshift_lab.farm_16(v[2], w[2], m), x),
    m);
END $$;
CREATE FUNCTION pg_catalog.farmfingerprint64(text) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT redshift_lab.farm(convert_to($1, 'UTF8'))$$;
CREATE FUNCTION pg_catalog.farmfingerprint64(bytea) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT redshift_lab.farm($1)';

-- Murmur3 of 32 bits, over the bytes that Iceberg's specification tells: whole numbers, days and microseconds as eight.
CREATE FUNCTION redshift_lab.murmur(data bytea, seed bigint) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT
  PARALLEL SAFE AS $$
DECLARE
  m constant bigint := 4294967295;
  h bigint := seed & m;
  k bigint;
  n integer := octet_length(data);
BEGIN
  FOR i IN 0..(n + 3) / 4 - 1 LOOP
    k := redshift_lab.fetch(data, i * 4, least(n - i * 4, 4));
    k := redshift_lab.mul64(k, 3432918353) & m;
    k := ((k << 15) | (k >> 17)) & m;
    h := h # (redshift_lab.mul64(k, 461845907) & m);
    IF n - i * 4 >= 4 THEN
      h := ((h << 13) | (h >> 19)) & m;
      h := (h * 5 + 3864292196) & m;
    END IF;
  END LOOP;
  h := h # n;
  h := redshift_lab.mul64(h # (h >> 16), 2246822507) & m;
  h := redshift_lab.mul64(h # (h >> 13), 3266489909) & m;
  h := h # (h >> 16);
  RETURN CASE WHEN h >= 2147483648 THEN h - 4294967296 ELSE h END;
END $$;
CREATE FUNCTION pg_catalog.murmur3_32_hash(text, seed integer DEFAULT 0) RETURNS integer LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT redshift_lab.murmur(convert_to($1, 'UTF8'), $2)$$;
CREATE FUNCTION pg_catalog.murmur3_32_hash(bigint, seed integer DEFAULT 0) RETURNS integer LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS 'SELECT redshift_lab.murmur(redshift_lab.backwards(int8send($1)), $2)';
CREATE FUNCTION pg_catalog.murmur3_32_hash(date, seed integer DEFAULT 0) RETURNS integer LANGUAGE sql IMMUTABLE STRICT
  PARALLEL SAFE AS $$SELECT murmur3_32_hash(($1 - date '1970-01-01')::bigint, $2)$$;
CREATE FUNCTION pg_catalog.murmur3_32_hash(timestamp, seed integer DEFAULT 0) RETURNS integer LANGUAGE sql IMMUTABLE
  STRICT PARALLEL SAFE AS 'SELECT murmur3_32_hash((extract(epoch FROM $1) * 1000000)::bigint, $2)';
