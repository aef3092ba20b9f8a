-- Everything that a database holds besides rows, one line for each fact, in names only: equal before and after.
WITH own AS (
  SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
  WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'redshift_lab') AND nspname !~
    '^pg_(toast_)?temp'
), relation AS (
  SELECT c.*, format('%I.%I', n.nspname, c.relname) AS shown FROM pg_class c JOIN own n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
), routine AS (
  SELECT p.*, format('%I.%I(%s)', n.nspname, p.proname, (SELECT string_agg(t::regtype::text, ', ' ORDER BY place)
    FROM unnest(p.proargtypes) WITH ORDINALITY u(t, place))) AS shown
  FROM pg_proc p JOIN own n ON n.oid = p.pronamespace
), granted AS (
  SELECT format('schema %I', nspname) AS object, coalesce(nspacl, acldefault('n', nspowner)) AS acl FROM own
    WHERE nspname NOT IN ('pg_spectrum', 'redshift_lab spectrum')
  UNION ALL SELECT 'relation ' || shown, coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r'
    END::"char",
    relowner)) FROM relation
  UNION ALL SELECT 'routine ' || shown, coalesce(proacl, acldefault('f', proowner)) FROM routine
  UNION ALL SELECT format('column %s.%I', r.shown, a.attname), a.attacl FROM relation r JOIN pg_attribute a
    ON a.attrelid = r.oid
  UNION ALL SELECT format('default %s %s %s', pg_get_userbyid(defaclrole), coalesce((SELECT nspname FROM pg_namespace
    WHERE oid = defaclnamespace), '-'), defaclobjtype), defaclacl FROM pg_default_acl
  UNION ALL SELECT format('database %I', datname), coalesce(datacl, acldefault('d', datdba)) FROM pg_database
    WHERE datname = current_database()
)
SELECT format('schema %I of %I', nspname, pg_get_userbyid(nspowner)) FROM own WHERE nspname NOT IN ('pg_spectrum',
  'redshift_lab spectrum')
UNION ALL SELECT format('relation %s %s of %I, filled %s', relkind, shown, pg_get_userbyid(relowner), relispopulated)
  FROM relation
UNION ALL SELECT format('column %s.%I %s: %s %s, not null %s, identity %s, default %s', r.shown, a.attname,
    row_number() OVER (PARTITION BY r.oid ORDER BY a.attnum), a.atttypid::regtype, a.atttypmod, a.attnotnull,
      a.attidentity,
    (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef d WHERE d.adrelid = r.oid AND d.adnum = a.attnum))
  FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL SELECT format('key %s %I %s (%s) %s (%s) enforced %s', r.shown, c.conname, c.contype,
    (SELECT string_agg(a.attname, ', ' ORDER BY place) FROM unnest(c.conkey) WITH ORDINALITY u(n, place)
      JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = n),
    (SELECT shown FROM relation f WHERE f.oid = c.confrelid),
    (SELECT string_agg(a.attname, ', ' ORDER BY place) FROM unnest(c.confkey) WITH ORDINALITY u(n, place)
      JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = n), c.conenforced)
  FROM pg_constraint c JOIN relation r ON r.oid = c.conrelid
UNION ALL SELECT format('index of %s unique %s', r.shown, i.indisunique) FROM pg_index i JOIN relation r ON r.oid =
  i.indrelid
UNION ALL SELECT format('sequence %s starts %s by %s from %s to %s cycles %s, at %s', r.shown, s.seqstart,
  s.seqincrement,
    s.seqmin, s.seqmax, s.seqcycle, pg_sequence_last_value(r.oid)) FROM pg_sequence s JOIN relation r ON r.oid =
      s.seqrelid
UNION ALL SELECT format('routine %s %s of %I: %s %s %s %s %s %s %s %s', prokind, shown, pg_get_userbyid(proowner),
    prorettype::regtype, prosecdef, provolatile, proargmodes, proargnames, pronargdefaults, proconfig, prosrc) FROM
      routine
UNION ALL SELECT format('right on %s: %s to %s by %s, option %s', g.object, x.privilege_type, CASE x.grantee WHEN 0
    THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee) END, pg_get_userbyid(x.grantor), x.is_grantable)
  FROM granted g, aclexplode(g.acl) x
UNION ALL SELECT format('comment on %s %s: %s', r.shown, (SELECT attname FROM pg_attribute a WHERE a.attrelid = r.oid
    AND a.attnum = d.objsubid AND d.objsubid > 0), d.description) FROM pg_description d JOIN relation r ON r.oid =
      d.objoid
    AND d.classoid = 'pg_class'::regclass
UNION ALL SELECT format('comment on schema %I: %s', n.nspname, d.description) FROM pg_description d JOIN own n
    ON n.oid = d.objoid AND d.classoid = 'pg_namespace'::regclass
UNION ALL SELECT format('comment on routine %s: %s', r.shown, d.description) FROM pg_description d JOIN routine r
    ON r.oid = d.objoid AND d.classoid = 'pg_proc'::regclass
UNION ALL SELECT format('trigger %s on %s', t.tgname, r.shown) FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid
    WHERE NOT t.tgisinternal
UNION ALL SELECT format('database %I of %I, limit %s, comment %s', datname, pg_get_userbyid(datdba), datconnlimit,
    shobj_description(oid, 'pg_database')) FROM pg_database WHERE datname = current_database()
UNION ALL SELECT format('setting of %s in %s: %s', coalesce((SELECT rolname FROM pg_roles WHERE oid = setrole), '-'),
    coalesce((SELECT datname FROM pg_database WHERE oid = setdatabase), '-'), setting) FROM pg_db_role_setting,
    unnest(setconfig) setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY 1
