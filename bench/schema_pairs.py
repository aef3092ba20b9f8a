"""Runs the tables of schema pairs through the independent implementations again, and prints the rows that differ.

python bench/schema_pairs.py avro --classpath 'jars/*'     # org.apache.avro:avro:1.11.4 and what it needs; a JDK
python bench/schema_pairs.py json                          # in an environment with jsonsubschema==0.0.8
"""

from __future__ import annotations

import argparse
import copy
import json
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

TABLES = Path(__file__).parents[1] / "tests/localcloud/glue/registry"


def main() -> None:
    """Compare the tables of one format."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("format", choices=["avro", "json"])
    parser.add_argument("--classpath", default="")
    options = parser.parse_args()
    names = ["avro_pairs.jsonl", "avro_validity.jsonl"] if options.format == "avro" else ["json_pairs.jsonl"]
    for name in names:
        rows = [json.loads(line) for line in (TABLES / name).read_text().splitlines()]
        judged = _java(TABLES / name, options.classpath) if options.format == "avro" else [_subset(row) for row in rows]
        differing = [row["case"] for row, other in zip(rows, judged, strict=True) if row != other]
        print(f"{name}: {len(rows)} rows, {len(differing)} differ {differing or ''}")


def _java(table: Path, classpath: str) -> list[dict[str, Any]]:
    source = Path(__file__).with_name("SchemaPairs.java")
    done = subprocess.run(["java", "-cp", classpath, source, table], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _subset(row: dict[str, Any]) -> dict[str, Any]:
    is_subset = import_module("jsonsubschema").isSubschema
    old, new = row["old"], row["new"]
    backward = is_subset(_closed(old), copy.deepcopy(new))
    return {**row, "backward": bool(backward), "forward": bool(is_subset(_closed(new), copy.deepcopy(old)))}


def _closed(schema: Any) -> Any:
    """Return a schema whose objects have no properties but those that they name, where they do not say otherwise."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    more = {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else {}
    return {**more, **{key: _closed(part) for key, part in schema.items()}}


if __name__ == "__main__":
    main()
