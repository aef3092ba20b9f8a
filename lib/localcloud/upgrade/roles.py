"""Users, groups and roles: with their passwords, settings, memberships and the rights to give them on."""

from __future__ import annotations

import re

from localcloud.redshift.settings import ADMIN
from localcloud.services.postgres import ENGINE_USER
from localcloud.upgrade.servers import Server

_OWN = re.compile(rf"^(\\(un)?restrict .*|CREATE ROLE {ENGINE_USER};|ALTER ROLE {ENGINE_USER} .*)$", re.MULTILINE)
_MADE_BY_ADMIN = """
SELECT pg_catalog.format('GRANT %%I TO %%I WITH SET TRUE, INHERIT FALSE GRANTED BY %%I', r.rolname, a.rolname,
  a.rolname)
FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles r ON r.oid = m.roleid
  JOIN pg_catalog.pg_roles a ON a.oid = m.member
WHERE m.admin_option AND a.rolname = %s AND r.rolname !~ '^pg_' AND NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members s
  WHERE s.roleid = m.roleid AND s.member = m.member AND s.set_option)
"""


def carry(copy: Server, new: Server) -> None:
    """Make the roles of the old warehouse in the new one, which has only the engine's own."""
    script = _OWN.sub("", copy.run("pg_dumpall", "--roles-only"))
    with new.connect("postgres") as connection:
        connection.execute(script.encode())
        # Since version 1.1.0 the admin may act as the users that it makes.
        for (grant,) in connection.execute(_MADE_BY_ADMIN, (ADMIN,)).fetchall():
            connection.execute(grant.encode())
