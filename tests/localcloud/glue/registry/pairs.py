"""Tables of schemas with what independent implementations say of them.

- `avro_pairs.jsonl`: `SchemaCompatibility.checkReaderWriterCompatibility` of org.apache.avro:avro 1.11.4 (Java), the
  version that AWS names for the registry. `backward`: the new schema reads data of the old; `forward`: the other way.
- `avro_validity.jsonl`: whether `Schema.Parser` of the same library takes a definition.
- `json_pairs.jsonl`: `isSubschema(writer, reader)` of jsonsubschema 0.0.8 (Python), the writer's objects closed by
  `additionalProperties: false` where they name properties and say nothing of others.

`bench/schema_pairs.py` runs them again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def cases(name: str) -> list[dict[str, Any]]:
    """Return the rows of a table."""
    return [json.loads(line) for line in Path(__file__).with_name(name).read_text().splitlines()]


def label(case: dict[str, Any]) -> str:
    """Return the name of a row."""
    return str(case["case"])
