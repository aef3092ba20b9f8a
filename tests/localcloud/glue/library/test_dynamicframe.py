"""DynamicFrames and their transforms, on a real Spark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from localcloud.glue.library.awsglue import transforms as t
from localcloud.glue.library.awsglue.dynamicframe import DynamicFrame

pytestmark = pytest.mark.stack


def frame(spark: SparkSession, schema: str, *rows: tuple[Any, ...]) -> DynamicFrame:
    """Return a frame of these rows."""
    return DynamicFrame(spark.createDataFrame(list(rows), schema), None, "frame")


def rows(given: DynamicFrame) -> list[tuple[Any, ...]]:
    """Return the rows of a frame in order."""
    return sorted((tuple(row) for row in given.toDF().collect()), key=repr)


@pytest.fixture
def people(spark: SparkSession) -> DynamicFrame:
    """Three people with a name, a place and friends."""
    schema = "id long, name string, geo struct<lat: double, lon: double>, friends array<struct<id: long, since: int>>"
    return frame(
        spark,
        schema,
        (1, "Ada", (50.0, 8.0), [(2, 1999), (3, 2001)]),
        (2, "Ben", None, []),
        (3, "Cem", (51.0, 9.0), None),
    )


def test_relationalize_makes_tables_that_join(people: DynamicFrame, tmp_path: Path) -> None:
    """Structs become columns; an array becomes a frame whose ids join to the root; null stays null, empty has no row.

    https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-transforms-Relationalize.html
    """
    frames = t.Relationalize.apply(frame=people, staging_path=tmp_path.as_uri(), name="root")
    assert sorted(frames.keys()) == ["root", "root_friends"]
    root, friends = frames["root"].toDF(), t.SelectFromCollection.apply(dfc=frames, key="root_friends").toDF()
    assert root.columns == ["id", "name", "geo.lat", "geo.lon", "friends"]
    assert friends.columns == ["id", "index", "friends.val.id", "friends.val.since"]
    joined = root.alias("r").join(friends.alias("f"), root["friends"] == friends["id"])
    found = joined.select("r.name", "f.index", "`friends.val.id`", "`friends.val.since`").collect()
    assert sorted(map(tuple, found)) == [("Ada", 0, 2, 1999), ("Ada", 1, 3, 2001)]
    assert {row["name"]: row["friends"] is None for row in root.collect()} == {"Ada": False, "Ben": False, "Cem": True}


def test_join_pairs_records_with_equal_keys(spark: SparkSession, people: DynamicFrame) -> None:
    """Keys of null match nothing; a record with two partners appears twice; a shared field name is refused."""
    visits = frame(spark, "person long, town string", (1, "Ulm"), (1, "Bern"), (2, "Graz"), (None, "Linz"))
    joined = t.Join.apply(people.select_fields(["id", "name"]), visits, ["id"], ["person"])
    assert rows(joined) == [(1, "Ada", 1, "Bern"), (1, "Ada", 1, "Ulm"), (2, "Ben", 2, "Graz")]
    with pytest.raises(NotImplementedError, match="both have id"):
        t.Join.apply(people, frame(spark, "ID long", (1,)), ["id"], ["ID"])


def test_map_applies_a_function_to_each_record(people: DynamicFrame) -> None:
    """The function gets nested dicts and returns the new record; types come from all results, not from the first."""

    def shout(record: dict[str, Any]) -> dict[str, Any]:
        return {"id": record["id"], "loud": record["name"].upper(), "lat": record["geo"] and record["geo"]["lat"]}

    mapped = t.Map.apply(frame=people, f=shout)
    assert rows(mapped.select_fields(["id", "loud", "lat"])) == [(1, "ADA", 50.0), (2, "BEN", None), (3, "CEM", 51.0)]
    assert dict(mapped.toDF().dtypes) == {"id": "bigint", "loud": "string", "lat": "double"}


def test_filter_keeps_what_the_function_accepts(people: DynamicFrame) -> None:
    """Records and types that remain are as they were."""
    kept = t.Filter.apply(frame=people, f=lambda record: record["geo"] is None)
    assert [row[0] for row in rows(kept)] == [2]
    assert kept.toDF().schema == people.toDF().schema


def test_drop_null_fields_drops_what_is_null_everywhere(spark: SparkSession) -> None:
    """A field without a type or without a value goes; one value is enough to keep a field, and an empty text is one."""
    given = frame(spark, "a int, b string, c void, d string", (1, None, None, ""), (2, None, None, None))
    assert t.DropNullFields.apply(frame=given).toDF().columns == ["a", "d"]


def test_fields_are_chosen_split_dropped_and_renamed(people: DynamicFrame) -> None:
    """Each record keeps its values; a name that is taken is refused, a nested field too."""
    parts = t.SplitFields.apply(frame=people, paths=["id", "name"], name1="who", name2="rest")
    assert [parts[name].toDF().columns for name in parts] == [["id", "name"], ["geo", "friends"]]
    assert rows(parts["who"]) == [(1, "Ada"), (2, "Ben"), (3, "Cem")]
    dropped = t.DropFields.apply(frame=people, paths=["geo", "friends"])
    assert rows(dropped) == rows(t.SelectFields.apply(frame=people, paths=["id", "name", "missing"]))
    assert t.RenameField.apply(dropped, "name", "first_name").toDF().columns == ["id", "first_name"]
    with pytest.raises(ValueError, match="already"):
        t.RenameField.apply(dropped, "name", "id")
    with pytest.raises(NotImplementedError, match="nested field"):
        t.DropFields.apply(frame=people, paths=["geo.lat"])


def test_resolve_choice_casts(spark: SparkSession) -> None:
    """A cast changes the type and the values; an action that Glue does not have is refused."""
    given = frame(spark, "a string, b long", ("7", 1), (None, 2))
    cast = t.ResolveChoice.apply(frame=given, specs=[("a", "cast:long")])
    assert rows(cast) == [(7, 1), (None, 2)]
    assert cast.toDF().schema.simpleString() == "struct<a:bigint,b:bigint>"
    with pytest.raises(ValueError, match="not an action"):
        given.resolveChoice(specs=[("a", "guess:long")])


def test_what_is_missing_is_named(people: DynamicFrame) -> None:
    """A method or transform that the package does not have raises NotImplementedError with its name."""
    with pytest.raises(NotImplementedError, match=r"DynamicFrame\.unbox"):
        people.unbox("a", "json")
    with pytest.raises(NotImplementedError, match=r"awsglue\.transforms\.FindMatches"):
        t.FindMatches  # noqa: B018
