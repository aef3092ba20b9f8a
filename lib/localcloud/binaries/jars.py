"""The jars of Kafka, and those that let Spark read Kafka and S3."""

from __future__ import annotations

from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from localcloud.binaries.fetch import Artifact, maven_path

User = Literal["kafka", "spark"]

# Of the jars in the pyspark wheel, those that Kafka's broker and ZooKeeper run on.
_SHARED = (
    *("scala-library", "scala-reflect", "slf4j-api", "log4j-api", "log4j-core", "log4j-slf4j2-impl", "jackson-core"),
    *("jackson-databind", "jackson-annotations", "jackson-module-scala", "zookeeper", "netty", "lz4-java", "zstd-jni"),
    *("snappy-java", "metrics-core", "commons-cli", "commons-io", "audience-annotations", "paranamer"),
)


def lock_lines(name: str) -> list[list[str]]:
    """Return the rows of a lock file next to this module, split into columns, without comments."""
    text = files("localcloud.binaries").joinpath(name).read_text()
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


def jar_artifacts(user: User | None = None) -> list[Artifact]:
    """Return the pinned jars of one user, or of both."""
    return [
        Artifact(Path(maven_path(coordinate)).name, maven_path(coordinate), sha256, int(size))
        for coordinate, sha256, size, users in lock_lines("jars.lock")
        if user is None or user in users.split(",")
    ]


def pyspark_folder() -> Path:
    """Return the folder of the pyspark wheel, which is a whole Spark distribution (SPARK_HOME)."""
    spec = find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pyspark is not installed. Try: ./lab doctor")
    return Path(spec.origin).parent


def jars(user: User, cache_folder: Path) -> list[Path]:
    """Return the class path of Kafka and ZooKeeper, or what Spark needs in addition to its own jars."""
    own = [artifact.cached(cache_folder) for artifact in jar_artifacts(user)]
    if user == "spark":
        return own
    shipped = sorted((pyspark_folder() / "jars").glob("*.jar"))
    return own + [jar for jar in shipped if jar.name.startswith(_SHARED)]
