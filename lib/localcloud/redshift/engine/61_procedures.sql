-- Procedures that the gateway runs: their source, and what the engine does not keep of them. In the engine each is a
-- body that refuses to run.
CREATE TABLE redshift_lab.procedures (routine_id oid PRIMARY KEY, source text NOT NULL, told json NOT NULL);
CREATE FUNCTION redshift_lab.not_here() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = 'a procedure with SECURITY DEFINER cannot call one that runs '
    'with the rights of its caller';
END $$;

CREATE FUNCTION redshift_lab.store_procedure(id oid, source text, told json) RETURNS void LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF pg_has_role(redshift_lab.acting(), (SELECT proowner FROM pg_proc WHERE oid = id AND prokind = 'p'),
    'member') IS NOT TRUE THEN
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = concat_any('must be owner of procedure ',
      coalesce(id::regprocedure::text, 'null'));
  END IF;
  IF NOT EXISTS (SELECT FROM redshift_lab.procedures p WHERE p.routine_id = id) THEN
    EXECUTE format('REVOKE EXECUTE ON PROCEDURE %s FROM PUBLIC', id::regprocedure); -- only its owner may call a new one
  END IF;
  INSERT INTO redshift_lab.procedures VALUES (id, store_procedure.source, store_procedure.told)
  ON CONFLICT (routine_id) DO UPDATE SET source = EXCLUDED.source, told = EXCLUDED.told;
END $$;
-- The name and the types are looked up as the caller sees them.
CREATE FUNCTION redshift_lab.note_procedure(name text, given text[], source text, told json) RETURNS void
  LANGUAGE plpgsql AS $$
DECLARE
  ids oid[];
BEGIN
  BEGIN
    ids := ARRAY[to_regprocedure(name || '(' || array_to_string(given, ', ') || ')')::oid];
  EXCEPTION WHEN syntax_error THEN -- the type of a column (%TYPE), which the engine has looked up
    ids := ARRAY(SELECT id FROM redshift_lab.find_procedures(name, cardinality(given)));
  END;
  IF cardinality(ids) <> 1 THEN
    PERFORM redshift_lab.raise('42725', format('the types of the arguments of procedure %s do not tell which one is '
      'meant', name));
  END IF;
  PERFORM redshift_lab.store_procedure(ids[1], source, told);
END $$;
CREATE FUNCTION redshift_lab.procedure_source(id oid, OUT source text, OUT told json) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT p.source, p.told FROM redshift_lab.procedures p WHERE p.routine_id = id
    AND has_function_privilege(redshift_lab.acting(), id, 'EXECUTE')
$$;
-- The statement that makes a procedure again; IN, which is the default, is left out.
CREATE FUNCTION redshift_lab.procedure_text(id oid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(replace(split_part(f.text, E'\n LANGUAGE plpgsql', 1)
    || CASE WHEN (s.told->>'nonatomic')::boolean THEN E'\nNONATOMIC' ELSE '' END || E'\nLANGUAGE plpgsql'
    || CASE WHEN p.prosecdef THEN ' SECURITY DEFINER' ELSE '' END
      || (SELECT coalesce(string_agg(format(E'\nSET %s TO %L', k, v), ''), '')
        FROM json_each_text(s.told->'settings') j(k, v)) || E'\nAS $_$' || chr(1) || '$_$', chr(1), s.source), f.text)
  FROM pg_proc p CROSS JOIN LATERAL pg_get_function_arguments(p.oid) a(declared)
    CROSS JOIN LATERAL replace(plain_get_functiondef(p.oid), '(' || a.declared || ')',
      '(' || plain_regexp_replace(a.declared, '(^|, )IN ', E'\\1', 'g') || ')') f(text) LEFT
    JOIN LATERAL redshift_lab.procedure_source(p.oid) s ON true WHERE p.oid = id
$$;
ALTER FUNCTION pg_catalog.pg_get_functiondef(oid) RENAME TO plain_get_functiondef;
CREATE FUNCTION pg_catalog.pg_get_functiondef(oid) RETURNS text LANGUAGE sql STABLE
  STRICT AS 'SELECT redshift_lab.procedure_text($1)';
-- The procedures of a name that take so many arguments: identity, name, types of the arguments, whether the engine runs
-- it, whether the caller may, source, and the rest.
CREATE FUNCTION redshift_lab.find_procedures(name text, given integer) RETURNS TABLE (id oid, shown text, types text,
  security boolean, allowed boolean, source text, told json) LANGUAGE sql STABLE AS $$
  SELECT p.oid, p.proname::text, array_to_string(p.proargtypes::oid[], ','), p.prosecdef,
    has_function_privilege(p.oid, 'EXECUTE'), s.source, s.told
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace CROSS JOIN parse_ident(name) i LEFT
    JOIN LATERAL redshift_lab.procedure_source(p.oid) s ON true
  WHERE p.prokind = 'p' AND p.pronargs = given AND p.proname = i[cardinality(i)]
    AND CASE cardinality(i) WHEN 1 THEN pg_function_is_visible(p.oid) ELSE n.nspname = i[cardinality(i) - 1] END
$$;
-- Whether a value of one type may be given where another is declared; 0 of the same, 1 of one that converts, null where
-- neither.
CREATE FUNCTION redshift_lab.conversion(given oid, declared oid) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN given = declared THEN 0 WHEN given IN (0, 'unknown'::regtype)
    THEN CASE WHEN declared IN ('text'::regtype, 'varchar'::regtype) THEN 0 ELSE 1 END
    WHEN given IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype) AND declared = 'refcursor'::regtype THEN 2
    WHEN (given IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype) AND declared IN ('text'::regtype,
      'varchar'::regtype, 'bpchar'::regtype))
      OR EXISTS (SELECT FROM pg_cast WHERE castsource = given AND casttarget = declared AND castcontext = 'i') THEN 1
        END
$$;
CREATE FUNCTION redshift_lab.on_drop_procedure() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog AS $$
BEGIN
  DELETE FROM redshift_lab.procedures p USING pg_event_trigger_dropped_objects() d WHERE d.classid = 'pg_proc'::regclass
    AND p.routine_id = d.objid;
END $$;
CREATE EVENT TRIGGER redshift_forget_procedures ON sql_drop EXECUTE FUNCTION redshift_lab.on_drop_procedure();
