"""The proof that the new warehouse holds what the old one holds: each line of the inventory, each role."""

from __future__ import annotations

from localcloud.errors import LocalCloudError
from localcloud.upgrade.schema import sql
from localcloud.upgrade.servers import Connection

_ROLES = """
SELECT pg_catalog.format('role %s %s %s %s %s %s %s %s', rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb,
  rolcanlogin, rolconnlimit, rolvaliduntil) || coalesce(CASE rolname WHEN 'awsuser' THEN '' ELSE rolpassword END, '-')
FROM pg_catalog.pg_authid
UNION ALL
SELECT pg_catalog.format('member %s of %s by %s: %s %s %s', pg_catalog.pg_get_userbyid(member),
  pg_catalog.pg_get_userbyid(roleid), pg_catalog.pg_get_userbyid(grantor), admin_option, inherit_option, set_option)
FROM pg_catalog.pg_auth_members WHERE pg_catalog.pg_get_userbyid(roleid) !~ '^pg_'
UNION ALL
SELECT pg_catalog.format('setting of %s: %s', pg_catalog.pg_get_userbyid(setrole), setting)
FROM pg_catalog.pg_db_role_setting, unnest(setconfig) setting WHERE setdatabase = 0
"""


def inventory(connection: Connection) -> set[str]:
    """Return what a database holds besides rows."""
    connection.execute("SET search_path = ''")
    return {line for (line,) in connection.execute(sql("inventory.sql").encode()).fetchall()}


def require_equal(copy: Connection, new: Connection) -> None:
    """Raise LocalCloudError unless both databases hold the same."""
    old, now = inventory(copy), inventory(new)
    if old != now:
        raise LocalCloudError(
            f"the new warehouse differs from the old one in {len(old ^ now)} facts, and the old one stays in place. "
            f"Missing: {sorted(old - now)[:3]}; new: {sorted(now - old)[:3]}"
        )


def require_roles(copy: Connection, new: Connection) -> None:
    """Raise LocalCloudError unless the new warehouse has all roles of the old one; it may have more of its own."""
    old, now = ({line for (line,) in connection.execute(_ROLES.encode()).fetchall()} for connection in (copy, new))
    if old - now:
        names = sorted(line.rpartition(" ")[0] for line in old - now)[:3]  # without passwords
        raise LocalCloudError(
            f"the new warehouse lacks {len(old - now)} facts of its users: {names}; the old one stays in place"
        )
