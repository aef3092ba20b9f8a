"""Namespaces and workgroups other than the lab's own: databases with an owner behind the same gateway."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from moto.core.base_backend import BackendDict, BaseBackend
from psycopg import sql

from localcloud.aws.errors import ApiError
from localcloud.aws.service import Json
from localcloud.redshift import temporary
from localcloud.redshift.api.access import ADMIN, DATABASE, gateway


class ServerlessBackend(BaseBackend):
    """What one account has made in one region. Pickled as it is; holds no password."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.namespaces: dict[str, Json] = {}
        self.workgroups: dict[str, Json] = {}
        self.tags: dict[str, list[dict[str, str]]] = {}
        self.limits: dict[str, Json] = {}

    def create_namespace(self, request: Json) -> Json:
        """Make the owner and the database of a namespace, in the engine too."""
        name, user = request["namespaceName"], request.get("adminUsername", "")
        database = request.get("dbName", "dev")
        if name in self.namespaces:
            raise ApiError("ConflictException", f"Namespace {name} already exists")
        taken = {DATABASE, *(each["dbName"] for each in self.namespaces.values())}
        if not user or not request.get("adminUserPassword") or database in taken:
            text = f"The lab needs an adminUsername, an adminUserPassword, and a dbName other than {sorted(taken)}."
            raise ApiError("ValidationException", text)
        _make(user, request["adminUserPassword"], database)
        arn = f"arn:aws:redshift-serverless:{self.region_name}:{self.account_id}:namespace/{name}"
        made = {"namespaceName": name, "namespaceArn": arn, "adminUsername": user, "dbName": database}
        self.namespaces[name] = {
            **made,
            "iamRoles": request.get("iamRoles", []),
            "status": "AVAILABLE",
            "logExports": [],
        }
        self.tags[arn] = request.get("tags", [])
        return self.namespaces[name]

    def delete_namespace(self, name: str) -> Json:
        """Drop the database and its owner."""
        if any(each["namespaceName"] == name for each in self.workgroups.values()):
            raise ApiError("ConflictException", f"Namespace {name} has a workgroup. Try: delete_workgroup")
        namespace = self.namespace(name)
        _drop(namespace["adminUsername"], namespace["dbName"])
        self.tags.pop(namespace["namespaceArn"], None)
        return self.namespaces.pop(name)

    def namespace(self, name: str) -> Json:
        """Return a namespace that was made here."""
        return _known(self.namespaces, name)

    def create_workgroup(self, request: Json) -> Json:
        """Open a namespace at the gateway, whose port it must have where it names one."""
        name, port = request["workgroupName"], gateway().port
        self.namespace(request.get("namespaceName", ""))
        if name in self.workgroups:
            raise ApiError("ConflictException", f"Workgroup {name} already exists")
        if request.get("port", port) != port:
            raise ApiError("ValidationException", f"The lab's Redshift listens on port {port} only.")
        arn = f"arn:aws:redshift-serverless:{self.region_name}:{self.account_id}:workgroup/{name}"
        self.tags[arn] = request.get("tags", [])
        kept = {key: value for key, value in request.items() if key != "tags"}
        self.workgroups[name] = {**kept, "workgroupArn": arn, "workgroupId": name, "status": "AVAILABLE"}
        return self.workgroup(name)

    def workgroup(self, name: str) -> Json:
        """Return a workgroup that was made here, with the gateway's address of now."""
        return {**_known(self.workgroups, name), "endpoint": endpoint()}

    def delete_workgroup(self, name: str) -> Json:
        """Close a workgroup."""
        workgroup = self.workgroup(name)
        arn = workgroup["workgroupArn"]
        self.tags.pop(arn, None)
        self.limits = {key: limit for key, limit in self.limits.items() if limit["resourceArn"] != arn}
        del self.workgroups[name]
        return workgroup


serverless_backends = BackendDict(ServerlessBackend, "redshift-serverless")


def endpoint() -> Json:
    """Return the gateway's address as a workgroup's endpoint."""
    access = gateway()
    return {"address": access.host, "port": access.port, "vpcEndpoints": []}


def _known(records: dict[str, Json], name: str) -> Json:
    if name not in records:
        raise ApiError("ResourceNotFoundException", f"{name!r} does not exist.")
    return records[name]


@contextmanager
def _session(user: str, password: str) -> Iterator[psycopg.Connection[Any]]:
    access = gateway()
    try:
        with psycopg.connect(
            host=access.host, port=access.port, user=user, password=password, dbname=DATABASE, autocommit=True
        ) as connection:
            yield connection
    except psycopg.OperationalError as error:
        text = f"The lab's Redshift did not answer: {error}. Try: ./lab up redshift"
        raise ApiError("InternalServerException", text) from error
    except psycopg.Error as error:
        raise ApiError("ValidationException", f"The lab's Redshift refused: {error}") from error


def _make(user: str, password: str, database: str) -> None:
    owner = sql.Identifier(user)
    with _session(ADMIN, gateway().password) as admin:
        admin.execute(sql.SQL("CREATE USER {} PASSWORD {} CREATEDB").format(owner, sql.Literal(password)))
    try:
        with _session(user, password) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    except ApiError:
        _drop_user(user)
        raise


def _drop(user: str, database: str) -> None:
    login = f"IAM:{user}"
    password, _ = temporary.issue(gateway().credentials_key, login, 900)
    with _session(login, password) as connection:
        connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(database)))
    _drop_user(user)


def _drop_user(user: str) -> None:
    with _session(ADMIN, gateway().password) as admin:
        admin.execute(sql.SQL("DROP USER {}").format(sql.Identifier(user)))
