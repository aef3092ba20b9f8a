"""Which folders are tables, and which are partitions of a table.

From the leaves up: folders whose children are one table each, of one format, one path structure and similar schemas,
become one table with the children as partitions. "The partition threshold is higher than 70 %, and the number of
different schemas does not exceed five": https://repost.aws/knowledge-center/glue-crawler-detect-schema
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from localcloud.glue.crawler.sample import S3Object, Sample
from localcloud.glue.crawler.schema import SIMILAR, Columns, clusters, merge_columns

MAX_CLUSTERS = 5


@dataclass(frozen=True)
class Policy:
    """How the crawler groups. `level`: the absolute level of tables, the bucket being 1.

    `roots`: folders that an earlier crawl made tables of, as `bucket/folder/`; new folders join them.
    """

    combine: bool = False
    level: int | None = None
    roots: frozenset[str] = frozenset()


@dataclass
class Part:
    """Files in one place: a partition, or a whole table that has none. `path` has the bucket in front."""

    path: str
    files: list[tuple[S3Object, Sample]]
    names: tuple[str, ...] = ()
    """Names of the folders between the table's root and this part."""

    @property
    def columns(self) -> Columns:
        return merge_columns(sample.columns for _, sample in self.files)


@dataclass
class Group:
    """One table: its root, and its parts."""

    path: str
    parts: list[Part]
    columns: Columns
    sample: Sample
    """One file's sample, for all that is the same in every file."""
    is_file: bool = False
    chain: tuple[str, ...] = ()
    """Plain folders without siblings above the root: partition values, if the folders next to it turn out alike."""

    @property
    def keys(self) -> list[str]:
        """The partition keys: the hive keys in lower case, else partition_0, partition_1, ..."""
        keys: list[str] = []
        unnamed = 0
        for level in range(len(self.parts[0].names)):
            key = _hive_key(self.parts[0].names[level])
            keys.append(key.lower() if key else f"partition_{unnamed}")
            unnamed += 0 if key else 1
        return keys

    def values(self, part: Part) -> list[str]:
        """Return the partition values of a part."""
        return [unquote(name.partition("=")[2]) if _hive_key(name) else name for name in part.names]


@dataclass
class Folder:
    """One level of the tree below an include path."""

    path: str
    level: int
    files: list[tuple[S3Object, Sample]] = field(default_factory=list)
    children: dict[str, Folder] = field(default_factory=dict)

    def add(self, names: list[str], item: tuple[S3Object, Sample]) -> None:
        """Put a file below this folder."""
        folder = self
        for name in names:
            folder = folder.children.setdefault(name, Folder(f"{folder.path}{name}/", folder.level + 1))
        folder.files.append(item)


def tables(folder: Folder, policy: Policy) -> list[Group]:
    """Return the tables at and below a folder."""
    below = [(name, tables(child, policy)) for name, child in sorted(folder.children.items())]
    if folder.files and not below:
        return _leaf(folder, policy)
    if not folder.files and len(below) == 1 and _stays_below(folder, below[0][0], policy):
        name, groups = below[0]
        return [replace(groups[0], chain=(name, *groups[0].chain))] if len(groups) == 1 else groups
    merged = None if folder.files else _merged(folder, below, policy)
    if merged:
        return [merged]
    return [*_each_file(folder), *(group for _, groups in below for group in groups)]


def _leaf(folder: Folder, policy: Policy) -> list[Group]:
    samples = [sample for _, sample in folder.files]
    schemas = [sample.columns for sample in samples]
    if len({sample.compatible for sample in samples}) > 1 or not _alike(schemas, policy, folder.level):
        return list(_each_file(folder))
    part = Part(folder.path, folder.files)
    return [Group(folder.path, [part], part.columns, samples[0])]


def _each_file(folder: Folder) -> Iterator[Group]:
    for item in folder.files:
        name = item[0].key.rpartition("/")[2]
        yield one_file(f"{folder.path}{name}", item)


def one_file(path: str, item: tuple[S3Object, Sample]) -> Group:
    """Return the table that a single file is. `path` has the bucket in front."""
    return Group(path, [Part(path, [item])], item[1].columns, item[1], is_file=True)


def _merged(folder: Folder, below: list[tuple[str, list[Group]]], policy: Policy) -> Group | None:
    """Return the one table that the children make together, or None."""
    known = folder.path in policy.roots
    if policy.level and folder.level < policy.level:
        return None
    if not known and any(root.startswith(folder.path) for root in policy.roots):
        return None
    roots = [(name, groups[0]) for name, groups in below if len(groups) == 1]
    if len(roots) < len(below) or any(_above(group) != folder.children[name].path for name, group in roots):
        return None
    shapes = {tuple(map(_hive_key, (name, *group.chain, *group.parts[0].names))) for name, group in roots}
    if len(shapes) > 1 or len({group.sample.compatible for _, group in roots}) > 1:
        return None
    if not known and not _alike([group.columns for _, group in roots], policy, folder.level):
        return None
    parts = [
        Part(part.path, part.files, (name, *group.chain, *part.names)) for name, group in roots for part in group.parts
    ]
    return Group(folder.path, parts, merge_columns(group.columns for _, group in roots), roots[0][1].sample)


def _stays_below(folder: Folder, name: str, policy: Policy) -> bool:
    """Return whether an only child stays a table: a plain folder alone is a root, not a partition key's only value."""
    return not (_hive_key(name) or folder.path in policy.roots or policy.combine or policy.level)


def _above(group: Group) -> str:
    """Return the path of the highest folder that holds nothing but this table."""
    path = group.path
    for name in reversed(group.chain):
        path = path.removesuffix(f"{name}/")
    return path


def _alike(schemas: list[Columns], policy: Policy, level: int) -> bool:
    if policy.combine or (policy.level and level >= policy.level):
        return True
    groups = clusters(schemas)
    share = groups[0][1] / len(schemas)
    return len(groups) == 1 or (share > SIMILAR and len(groups) <= MAX_CLUSTERS)


def _hive_key(name: str) -> str:
    key, equals, _ = name.partition("=")
    return key if equals and key else ""
