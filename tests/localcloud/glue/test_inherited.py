"""Glue's operations on databases and tables that moto's code answers work on the lab's catalog."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def test_databases_and_tables_are_changed_and_dropped(client: Callable[..., Any]) -> None:
    """UpdateDatabase changes, DeleteTable and DeleteDatabase drop, whatever the case of the names."""
    glue = client("glue")
    glue.create_database(DatabaseInput={"Name": "d"})
    glue.update_database(Name="d", DatabaseInput={"Name": "d", "Description": "new"})
    assert glue.get_database(Name="D")["Database"]["Description"] == "new"
    for name in ("a", "b"):
        glue.create_table(DatabaseName="d", TableInput={"Name": name})
    glue.delete_table(DatabaseName="d", Name="A")
    assert [each["Name"] for each in glue.get_tables(DatabaseName="d")["TableList"]] == ["b"]
    glue.delete_database(Name="D")
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_database(Name="d")
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_tables(DatabaseName="d")
