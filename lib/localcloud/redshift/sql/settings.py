"""SET, SHOW and RESET of parameters that only Redshift has: kept in the session under a prefix."""

from __future__ import annotations

import re

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.settings import ADMIN
from localcloud.redshift.sql import show, utilities
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded, identifier, literal, string_value
from localcloud.redshift.sql.plan import Plan, Session

DEFAULTS = {
    "analyze_threshold_percent": "10",
    "auto_analyze": "on",
    "auto_mv": "on",
    "cast_super_null_on_error": "on",
    "datashare_break_glass_session_var": "",
    "default_array_search_null_handling": "on",
    "default_geometry_encoding": "1",
    "describe_field_name_in_uppercase": "off",
    "downcase_delimited_identifier": "on",
    "enable_case_sensitive_identifier": "off",
    "enable_case_sensitive_super_attribute": "off",
    "enable_numeric_rounding": "off",
    "enable_result_cache_for_session": "on",
    "enable_vacuum_boost": "off",
    "error_on_nondeterministic_update": "off",
    "interval_forbid_composite_literals": "on",
    "json_parse_dedup_attributes": "off",
    "json_parse_truncate_strings": "off",
    "json_serialization_enable": "off",
    "json_serialization_parse_nested_strings": "off",
    "max_concurrency_scaling_clusters": "1",
    "max_cursor_result_set_size": "0",
    "mv_enable_aqmv_for_session": "on",
    "navigate_super_null_on_error": "on",
    "parse_super_null_on_error": "off",
    "pg_federation_repeatable_read": "off",
    "query_group": "unset",
    "spectrum_enable_pseudo_columns": "on",
    "spectrum_query_maxerror": "-1",
    "statement_mem": "0",
    "stored_proc_log_min_messages": "LOG",
    "use_fips_ssl": "off",
    "wlm_json_configuration": "",
    "wlm_query_slot_count": "1",
}
"""Name -> what it is before anyone sets it (https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html)."""
_FIXED = {"standard_conforming_strings": "off", "escape_string_warning": "off", "backslash_quote": ""}
_SHARED = ("client_encoding", "datestyle", "extra_float_digits", "search_path", "statement_timeout", "timezone")
"""Parameters of the engine that Redshift has, too."""
_WITHOUT_EFFECT = {
    "error_on_nondeterministic_update",
    *("json_parse_dedup_attributes", "json_parse_truncate_strings"),
    *("json_serialization_enable", "json_serialization_parse_nested_strings", "downcase_delimited_identifier"),
}
"""Parameters that would change answers, and cannot do so here: they keep their values."""
_ENGINE_SETTING = "SELECT {} FROM pg_catalog.pg_settings WHERE name IN ({})"
_REFUSED = {"SET": ("constraints",), "SHOW": ("use", "datashares", "model"), "RESET": ("use",)}
"""Verb -> what it does on AWS or in the engine, and not in the lab."""
_UNSETTABLE = {"auto_analyze", "wlm_json_configuration", "use_fips_ssl", "auto_mv"}


def plan(given: Tokens, session: Session) -> Plan:
    """Return what becomes of a SET, SHOW or RESET."""
    tokens, verb = given, given[0].upper
    if verb == "SHOW" and len(tokens) > 1 and tokens[1].upper in show.FORMS:
        return show.plan(tokens)
    name = tokens[1].text.lower().strip('"') if len(tokens) > 1 else ""
    if verb == "SET" and name in ("session", "local") and len(tokens) > 2 and tokens[2].text.lower() in DEFAULTS:
        name, tokens = tokens[2].text.lower(), [tokens[0], *tokens[2:]]
    if session.user == ADMIN and _is_authorization(tokens):
        return _authorization(tokens)
    if verb == "SET" and name in ("transaction", "session", "local"):
        utilities.refuse_deferrable(tokens)
    if name in _REFUSED.get(verb, ()):
        raise not_supported(f"{verb} {name.upper()}")
    if name == "seed" and verb == "SET" and len(tokens) > 3:
        return Plan(f"DO {literal(f'BEGIN PERFORM pg_catalog.setseed({tokens[-1].text}); END')}", tag="SET")
    if name in _FIXED and verb == "SET" and _value(tokens).lower() != _FIXED[name]:
        raise SqlError("55P02", f'parameter "{name}" cannot be changed')
    if verb == "SHOW" and name in (*_SHOWN, *DEFAULTS):
        return Plan(_shown(name), tag="SHOW")
    if name not in DEFAULTS:
        return Plan.of(given)
    value = _checked(name, tokens)
    _note(session, name, value)
    return Plan(f"SET redshift.{name} = {literal(value)}", tag=verb)


_SHOWN = ("all", "server_version", "statement_timeout")
"""What the engine would show in another form."""


def _shown(name: str) -> str:
    """Return the query that shows a parameter, or all of them."""
    if name == "all":
        return f"SELECT name, setting FROM ({_all_settings()}) AS s ORDER BY name"
    if name == "statement_timeout":  # in milliseconds, not in the engine's units
        return _ENGINE_SETTING.format(f"setting AS {name}", literal(name))
    if name == "server_version":
        return f"SELECT pg_catalog.current_setting({literal(name)}) AS {name}"
    return f"SELECT {_own_setting(name)} AS {identifier(name)}"


def _checked(name: str, tokens: Tokens) -> str:
    """Return the value that a SET or RESET gives a parameter. Raises SqlError at one that it cannot have."""
    if name in _UNSETTABLE:
        raise SqlError("55P02", f'parameter "{name}" cannot be changed now')
    value = DEFAULTS[name] if tokens[0].upper == "RESET" else _value(tokens)
    value = DEFAULTS[name] if value.upper() == "DEFAULT" and tokens[-1].kind != "string" else value
    if DEFAULTS[name] in ("on", "off"):
        value = _boolean(name, value)
    if name in _WITHOUT_EFFECT and value != DEFAULTS[name]:
        raise not_supported(f"{name} with a value other than {DEFAULTS[name]}")
    return value


def _note(session: Session, name: str, value: str) -> None:
    """Keep what the translation depends on."""
    if name == "enable_case_sensitive_identifier":
        session.case_sensitive = value == "on"
    elif name == "describe_field_name_in_uppercase":
        session.names_in_capitals = value == "on"
    elif name == "enable_case_sensitive_super_attribute":
        session.case_sensitive_attributes = value == "on"
    elif name == "query_group":
        session.query_group = "default" if value == DEFAULTS[name] else value
    elif name == "navigate_super_null_on_error":
        session.navigates_strictly = value == "off"


def _all_settings() -> str:
    own = (f"SELECT {literal(name)}, {_own_setting(name)}" for name in DEFAULTS)
    shared = _ENGINE_SETTING.format(
        "lower(name) AS name, setting", ", ".join(map(literal, (*_SHARED, "DateStyle", "TimeZone")))
    )
    return " UNION ALL ".join([shared, *own])


def _own_setting(name: str) -> str:
    return f"redshift_lab.setting({literal(name)}, {literal(DEFAULTS[name])})"


def _is_authorization(tokens: Tokens) -> bool:
    """Return whether SESSION AUTHORIZATION, or the parameter of that name, is set."""
    names = " ".join(token.upper for token in tokens[1:4])
    return tokens[0].upper != "SHOW" and re.match(r"((LOCAL|SESSION) )?SESSION[ _]AUTHORIZATION\b", names) is not None


def _authorization(tokens: Tokens) -> Plan:
    """Return what becomes of a SET or RESET SESSION AUTHORIZATION of the admin: the engine wants a superuser."""
    user_at = next(index for index, token in enumerate(tokens) if token.upper.endswith("AUTHORIZATION")) + 1
    if tokens[user_at - 1].upper == "SESSION_AUTHORIZATION" and tokens[user_at : user_at + 1]:
        if tokens[user_at].upper not in ("TO", "="):
            raise syntax_error(tokens[user_at].text)
        user_at += 1
    if len(tokens) != user_at + (tokens[0].upper == "SET"):
        raise SqlError("42601", "syntax error at end of input" if len(tokens) <= user_at else "name one user")
    if tokens[0].upper == "RESET" or tokens[user_at].upper == "DEFAULT":
        return Plan("RESET ROLE", tag=tokens[0].upper)
    local = "LOCAL " if tokens[1].upper == "LOCAL" else ""
    user = tokens[user_at]
    name = string_value(user) if user.kind == "string" else folded(user)
    return Plan(f"SET {local}ROLE {identifier(name)}", tag="SET")


def _value(tokens: Tokens) -> str:
    if len(tokens) < 4 or tokens[2].upper not in ("TO", "="):
        raise SqlError("42601", "syntax error at end of input")
    token = tokens[3]
    if token.text == "-" and len(tokens) > 4:
        return "-" + tokens[4].text
    return string_value(token) if token.kind == "string" else token.text.strip('"')


def _boolean(name: str, value: str) -> str:
    if value.lower() in ("on", "true", "1", "yes", "t"):
        return "on"
    if value.lower() in ("off", "false", "0", "no", "f"):
        return "off"
    raise SqlError("22023", f'parameter "{name}" requires a Boolean value')
