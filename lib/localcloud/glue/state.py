"""The catalog of one account and region: moto's Glue with the lab's tables, and what moto lacks."""

from __future__ import annotations

from typing import Any

from moto.core.utils import utcnow
from moto.glue.exceptions import (
    DatabaseAlreadyExistsException,
    DatabaseNotFoundException,
    EntityNotFoundException,
    TableAlreadyExistsException,
    TableNotFoundException,
)
from moto.glue.models import GlueBackend as MotoGlueBackend
from moto.glue.models import glue_backends

from localcloud.aws.errors import ApiError
from localcloud.glue.crawlers import Crawler
from localcloud.glue.jobs.model import Job
from localcloud.glue.names import fold, matching
from localcloud.glue.registry.model import Registry
from localcloud.glue.tables import Json, Table

_EVERYONE = [{"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}, "Permissions": ["ALL"]}]


class AlreadyExists(ApiError):
    """A resource to be created or added already exists."""

    code = "AlreadyExistsException"


class Database:
    """One database and its tables by name."""

    def __init__(self, name: str, database_input: Json, catalog_id: str) -> None:
        self.name, self.input, self.catalog_id = name, database_input, catalog_id
        self.created = utcnow()
        self.tables: dict[str, Table] = {}
        self.functions: dict[str, Json] = {}

    def as_dict(self) -> Json:
        """Return the database as GetDatabase does."""
        return {
            "CreateTableDefaultPermissions": _EVERYONE,
            **self.input,
            "Name": self.name,
            "CreateTime": self.created,
            "CatalogId": self.catalog_id,
        }


class GlueBackend(MotoGlueBackend):
    """The state of Glue. Callers hold `localcloud.aws.persistence.lock`."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.databases: dict[str, Database] = {}  # type: ignore[assignment]
        self.crawlers: dict[str, Crawler] = {}  # type: ignore[assignment]
        self.classifiers: dict[str, Json] = {}
        self.jobs: dict[str, Job] = {}  # type: ignore[assignment]
        self.registries: dict[str, Registry] = {}  # type: ignore[assignment]
        self.create_database("default", {"Name": "default", "Description": "Default Hive database"})

    def create_database(self, database_name: str, database_input: Json, tags: Any = None) -> Database:  # type: ignore[override]
        """Add a database; its name is folded to lower case."""
        name = fold(database_name)
        if name in self.databases:
            raise DatabaseAlreadyExistsException
        self.databases[name] = Database(name, database_input, self.account_id)
        self.tag_resource(f"arn:aws:glue:{self.region_name}:{self.account_id}:database/{name}", tags or {})
        return self.databases[name]

    def get_database(self, database_name: str) -> Database:  # type: ignore[override]
        """Return a database, whatever the case of its name."""
        try:
            return self.databases[database_name.lower()]
        except KeyError:
            raise DatabaseNotFoundException(database_name) from None

    def update_database(self, database_name: str, database_input: Json) -> None:
        """Replace the description, location and parameters of a database."""
        self.get_database(database_name).input = database_input

    def delete_database(self, database_name: str) -> None:
        """Drop a database with all its tables."""
        del self.databases[self.get_database(database_name).name]

    def create_table(  # type: ignore[override]
        self, database_name: str, table_name: str, table_input: Json, open_table_format_input: Json | None = None
    ) -> Table:
        """Add a table; its name is folded to lower case."""
        database, name = self.get_database(database_name), fold(table_name)
        if name in database.tables:
            raise TableAlreadyExistsException
        if open_table_format_input and "IcebergInput" in open_table_format_input:
            table_input = {**table_input, "Parameters": {**table_input.get("Parameters", {}), "table_type": "ICEBERG"}}
        table = Table(database.name, name, self.account_id)
        table.update(table_input)
        database.tables[name] = table
        return table

    def get_table(self, database_name: str, table_name: str) -> Table:  # type: ignore[override]
        """Return a table, whatever the case of its name."""
        try:
            return self.get_database(database_name).tables[table_name.lower()]
        except KeyError:
            raise TableNotFoundException(table_name) from None

    def get_tables(self, database_name: str, expression: str | None = None) -> list[Table]:  # type: ignore[override]
        """Return the tables of a database by name, those that match `expression` if one is given."""
        tables = self.get_database(database_name).tables
        names = sorted(tables)
        return [tables[name] for name in (matching(names, expression) if expression else names)]

    def delete_table(self, database_name: str, table_name: str) -> None:
        """Drop a table with its versions and partitions."""
        table = self.get_table(database_name, table_name)
        del self.databases[table.database_name].tables[table.name]

    def classifier(self, name: str) -> Json:
        """Return a classifier, under the name of its kind."""
        try:
            return self.classifiers[name]
        except KeyError:
            raise EntityNotFoundException(f"Classifier {name} not found.") from None

    def resume(self) -> None:
        """End the crawls that ran when the process of this state ended."""
        for crawler in self.crawlers.values():
            if crawler.state != "READY":
                crawler.finish("FAILED", "Internal Service Exception: the lab was stopped. Start the crawler again.")

    def function(self, database_name: str, name: str) -> Json:
        """Return a user-defined function."""
        try:
            return self.get_database(database_name).functions[name.lower()]
        except KeyError:
            raise EntityNotFoundException(f"Function {name} not found.") from None


def install() -> None:
    """Have moto's registry build this backend for all its services."""
    glue_backends.backend = GlueBackend
