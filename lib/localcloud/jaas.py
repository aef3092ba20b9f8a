"""Java's logins (JAAS): the entry that a Java client or server reads its user and password from.

The format is that of `javax.security.auth.login.Configuration`: a module's class, `required`, options, a semicolon.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from localcloud.home import Home, write_private

DIGEST = "org.apache.zookeeper.server.auth.DigestLoginModule"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"


def entry(module: str, options: Mapping[str, str]) -> str:
    """Return the entry of one login, as Kafka's `sasl.jaas.config` takes it."""
    values = "".join(f' {name}="{value}"' for name, value in options.items())
    return f"{module} required{values};"


def login_flag(home: Home, service: str, section: str, login: str) -> str:
    """Write a file of one section with that login (mode 600) and return the flag that makes a JVM read it."""
    path = home.conf(service) / "jaas.conf"
    write_private(path, f"{section} {{ {login} }};\n")
    # The JVM reads the flag as a URL first; a path relative to the folder it starts in holds no odd letters.
    return f"-Djava.security.auth.login.config={os.path.relpath(path, home.conf('java'))}"
