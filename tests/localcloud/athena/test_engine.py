"""How the client of the engine waits for a server that is still starting."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from localcloud.athena.engine import EngineQuery, QueryEngine
from localcloud.athena.failure import QueryCancelled

NO_NODES = {"id": "q", "error": {"errorName": "NO_NODES_AVAILABLE", "message": "No nodes available to run query"}}

SECRET = "a secret of thirty-two characters"


@pytest.fixture
def answers() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server's address and the answers that it gives, the first one first."""
    left: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.dumps(left.pop(0)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=lambda: server.serve_forever(0.02), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", left
    server.shutdown()
    server.server_close()


def test_a_server_without_nodes_yet_is_asked_again(answers: tuple[str, list[dict[str, Any]]]) -> None:
    """A statement that met a server whose node is not known yet is sent again, and answers as if it had not."""
    url, left = answers
    left += [NO_NODES, NO_NODES, {"id": "q3", "columns": [{"name": "x"}], "data": [[1]]}]
    statement = QueryEngine(url, "athena", SECRET).start(EngineQuery("SELECT 1 AS x", "default", "awsdatacatalog"))
    assert (statement.query_id, list(statement.pages()), left) == ("q3", [[["1"]]], [])


def test_a_cancelled_statement_is_not_asked_again(answers: tuple[str, list[dict[str, Any]]]) -> None:
    """Who stops a query while the server has no nodes does not wait for them."""

    def stopped(stats: dict[str, Any]) -> None:
        raise QueryCancelled("Query was cancelled by user")

    url, left = answers
    left += [NO_NODES, NO_NODES]
    with pytest.raises(QueryCancelled):
        QueryEngine(url, "athena", SECRET).start(EngineQuery("SELECT 1", "default", "awsdatacatalog", watch=stopped))
    assert len(left) == 1
