"""Namespaces and workgroups that were made beside the lab's own: databases with an owner behind the same gateway."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.exceptions import JsonRESTError

from localcloud.redshift import temporary
from localcloud.redshift.api.place import ADMIN, DATABASE, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

Record = dict[str, Any]


class ServerlessBackend(BaseBackend):
    """What one account has made in one region. Pickled as it is; holds no password."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.namespaces: dict[str, Record] = {}
        self.workgroups: dict[str, Record] = {}
        self.tags: dict[str, list[dict[str, str]]] = {}
        self.limits: dict[str, Record] = {}

    def create_namespace(self, asked: Record) -> Record:
        """Make the owner and the database of a namespace, in the engine too."""
        name, user = asked["namespaceName"], asked.get("adminUsername", "")
        database = asked.get("dbName", "dev")
        if name in self.namespaces:
            raise JsonRESTError("ConflictException", f"Namespace {name} already exists")
        taken = {DATABASE, *(one["dbName"] for one in self.namespaces.values())}
        if not user or not asked.get("adminUserPassword") or database in taken:
            told = f"The lab wants an adminUsername, an adminUserPassword, and a dbName other than {sorted(taken)}."
            raise JsonRESTError("ValidationException", told)
        _make(user, asked["adminUserPassword"], database)
        arn = f"arn:aws:redshift-serverless:{self.region_name}:{self.account_id}:namespace/{name}"
        made = {"namespaceName": name, "namespaceArn": arn, "adminUsername": user, "dbName": database}
        self.namespaces[name] = {**made, "iamRoles": asked.get("iamRoles", []), "status": "AVAILABLE", "logExports": []}
        self.tags[arn] = asked.get("tags", [])
        return self.namespaces[name]

    def delete_namespace(self, name: str) -> Record:
        """Drop the database and its owner."""
        if any(one["namespaceName"] == name for one in self.workgroups.values()):
            raise JsonRESTError("ConflictException", f"Namespace {name} has a workgroup. Try: delete_workgroup")
        found = self.namespace(name)
        _drop(found["adminUsername"], found["dbName"])
        self.tags.pop(found["namespaceArn"], None)
        return self.namespaces.pop(name)

    def namespace(self, name: str) -> Record:
        """Return a namespace that was made here."""
        return _known(self.namespaces, name)

    def create_workgroup(self, asked: Record) -> Record:
        """Open a namespace at the gateway, whose port it must have where it names one."""
        name, at = asked["workgroupName"], place()
        self.namespace(asked.get("namespaceName", ""))
        if name in self.workgroups:
            raise JsonRESTError("ConflictException", f"Workgroup {name} already exists")
        if asked.get("port", at.port) != at.port:
            raise JsonRESTError("ValidationException", f"The lab's Redshift listens on port {at.port} only.")
        arn = f"arn:aws:redshift-serverless:{self.region_name}:{self.account_id}:workgroup/{name}"
        self.tags[arn] = asked.pop("tags", [])
        self.workgroups[name] = {**asked, "workgroupArn": arn, "workgroupId": name, "status": "AVAILABLE"}
        return self.workgroup(name)

    def workgroup(self, name: str) -> Record:
        """Return a workgroup that was made here, with the gateway's address of now."""
        at = place()
        return {**_known(self.workgroups, name), "endpoint": {"address": at.host, "port": at.port, "vpcEndpoints": []}}

    def delete_workgroup(self, name: str) -> Record:
        """Close a workgroup."""
        found = self.workgroup(name)
        self.tags.pop(found["workgroupArn"], None)
        self.limits = {key: one for key, one in self.limits.items() if one["resourceArn"] != found["workgroupArn"]}
        del self.workgroups[name]
        return found


serverless_backends = BackendDict(ServerlessBackend, "redshift-serverless")


def _known(records: dict[str, Record], name: str) -> Record:
    if name not in records:
        raise JsonRESTError("ResourceNotFoundException", f"{name!r} does not exist.")
    return records[name]


@contextmanager
def _session(user: str, password: str) -> Iterator[psycopg.Connection[Any]]:
    import psycopg

    at = place()
    try:
        with psycopg.connect(
            host=at.host, port=at.port, user=user, password=password, dbname=DATABASE, autocommit=True
        ) as connection:
            yield connection
    except psycopg.OperationalError as error:
        told = f"The lab's Redshift did not answer: {error}. Try: ./lab up redshift"
        raise JsonRESTError("InternalServerException", told) from error
    except psycopg.Error as error:
        raise JsonRESTError("ValidationException", f"The lab's Redshift refused: {error}") from error


def _make(user: str, password: str, database: str) -> None:
    from psycopg import sql

    owner = sql.Identifier(user)
    with _session(ADMIN, place().password) as admin:
        admin.execute(sql.SQL("CREATE USER {} PASSWORD {} CREATEDB").format(owner, sql.Literal(password)))
    try:
        with _session(user, password) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    except JsonRESTError:
        _drop_user(user)
        raise


def _drop(user: str, database: str) -> None:
    from psycopg import sql

    login = f"IAM:{user}"
    password, _ = temporary.issue(place().credentials_key, login, 900)
    with _session(login, password) as connection:
        connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(database)))
    _drop_user(user)


def _drop_user(user: str) -> None:
    from psycopg import sql

    with _session(ADMIN, place().password) as admin:
        admin.execute(sql.SQL("DROP USER {}").format(sql.Identifier(user)))
