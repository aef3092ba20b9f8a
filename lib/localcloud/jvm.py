"""How the lab starts a Java server: small explicit heaps, serial collector, warnings only in the log."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from localcloud.binaries import java_home
from localcloud.home import Home, write_private
from localcloud.service import Command

_LOG4J = """status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %c{1}: %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
logger.kafka.name = kafka.server.KafkaServer
logger.kafka.level = info
"""


def java_command(home: Home, class_path: Iterable[Path], flags: tuple[str, ...], main: tuple[str, ...]) -> Command:
    """Return the command that runs `main` (a class and its arguments) on the lab's Java."""
    log4j = home.conf("java") / "log4j2.properties"
    write_private(log4j, _LOG4J)
    argv = (
        str(java_home(home) / "bin" / "java"),
        *flags,
        "-XX:+UseSerialGC",
        # Without it each JVM leaves a memory-mapped file in the temporary folder.
        "-XX:-UsePerfData",
        f"-Dlog4j2.configurationFile={log4j}",
        "-cp",
        os.pathsep.join(str(path) for path in class_path),
        *main,
    )
    return Command(argv, cwd=home.conf("java"))
