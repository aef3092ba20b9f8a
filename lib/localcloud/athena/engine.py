"""A thin client of Trino's statement protocol: text in, pages of values out, nothing kept in memory.

Own code and not the `trino` package, because the results must stay in the text that the server wrote (a double stays
`1.0E10`), and because the lab's Trino is reached as if behind a TLS proxy.
https://trino.io/docs/476/develop/client-protocol.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import urllib3
from joserfc import jwt
from joserfc.jwk import OctKey

from localcloud.athena.failure import SYSTEM, QueryFailed, from_trino

Page = list[list[Any]]
"""Rows as the server sent them: numbers as their text, booleans, None, lists and dicts of these."""

TOKEN_LIFE_S = 3600
ANSWER_LIMIT_S = 60
START_LIMIT_S = 60
"""How many seconds to wait for a server that is still starting."""
AGAIN_S = 0.2
STARTING = "NO_NODES_AVAILABLE"
"""A server that has just started gives this answer for some seconds: it doesn't know its node's catalogs yet."""
GONE = (404, 410)
UNAVAILABLE = (502, 503, 504)


def token(user: str, secret: str, now: float) -> str:
    """Return a JSON web token (HS256) that says who asks, valid for an hour."""
    claims: dict[str, str | int] = {"sub": user, "exp": int(now) + TOKEN_LIFE_S}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret))


@dataclass(frozen=True)
class EngineQuery:
    """A statement for the engine, and the context that it runs in."""

    sql: str
    schema: str
    catalog: str
    session: Mapping[str, str] = field(default_factory=dict)
    restore: Callable[[str], str] = str
    """Makes the positions in its error messages fit the user's text."""
    watch: Callable[[dict[str, Any]], None] = lambda stats: None
    """Called with the engine's statistics as they come; an exception ends the reading."""


class QueryEngine:
    """A Trino cluster and the account that asks it."""

    def __init__(self, url: str, user: str, secret: str) -> None:
        self._url, self._user, self._secret = url.rstrip("/"), user, secret
        retries = urllib3.Retry(total=3, backoff_factor=0.2, redirect=0)
        timeout = urllib3.Timeout(connect=5, read=ANSWER_LIMIT_S)
        self._pool = urllib3.PoolManager(maxsize=32, timeout=timeout, retries=retries)

    def start(self, query: EngineQuery) -> EngineStatement:
        """Send a statement; return it with its first answer.

        Raises:
            QueryFailed: the server refused it, or does not answer. Remedy: `./lab up trino`.
        """
        headers = {"X-Trino-Schema": quote(query.schema), "X-Trino-Catalog": query.catalog, "X-Trino-Time-Zone": "UTC"}
        if query.session:
            headers["X-Trino-Session"] = ",".join(f"{key}={quote(value)}" for key, value in query.session.items())
        return EngineStatement(
            self, lambda: self.call("POST", f"{self._url}/v1/statement", query.sql.encode(), headers), query
        )

    def call(self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Any:
        """Exchange one message; numbers come back as the text that the server wrote."""
        answer = self._exchange(method, url, body, {**self._identity(), **(headers or {})})
        if answer.status in (200, 204) or (method == "DELETE" and answer.status in GONE):
            return json.loads(answer.data, parse_float=str, parse_int=str) if answer.data and method != "DELETE" else {}
        text = answer.data.decode(errors="replace")[:500]
        raise QueryFailed("GENERIC_INTERNAL_ERROR", f"The query engine answered {answer.status}: {text}", SYSTEM)

    def _exchange(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Any:
        limit = time.monotonic() + START_LIMIT_S
        while True:
            try:
                answer = self._pool.request(method, url, body=body, headers=headers)
            except urllib3.exceptions.HTTPError as error:
                raise unreachable(self._url, error) from error
            if answer.status not in UNAVAILABLE or time.monotonic() > limit:
                return answer
            time.sleep(0.1)  # the protocol's own rule for these codes

    def local(self, url: str) -> str:
        """Return the address of a page on the configured host, whatever the server calls itself."""
        parts = urlsplit(url)
        return f"{self._url}{parts.path}{'?' + parts.query if parts.query else ''}"

    def _identity(self) -> dict[str, str]:
        return {
            "X-Trino-User": self._user,
            "X-Trino-Source": "athena",
            "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
            "X-Forwarded-Proto": "https",
            "Authorization": f"Bearer {token(self._user, self._secret, time.time())}",
        }


def unreachable(url: str, error: Exception) -> QueryFailed:
    """Return the failure for an engine that does not answer."""
    text = f"The query engine at {url} doesn't answer ({type(error).__name__}). Try: ./lab up trino"
    return QueryFailed("GENERIC_INTERNAL_ERROR", text, SYSTEM)


class EngineStatement:
    """A statement that runs in Trino. `pages()` drives it to its end."""

    def __init__(self, engine: QueryEngine, send: Callable[[], dict[str, Any]], query: EngineQuery) -> None:
        self._engine, self._query, self._send = engine, query, send
        self._answer: dict[str, Any] = {}
        self._patience = time.monotonic() + START_LIMIT_S
        self.query_id = ""
        self.columns: list[dict[str, Any]] = []
        self.stats: dict[str, Any] = {}
        self.update_count: int | None = None
        self._read(send())

    def _read(self, answer: dict[str, Any]) -> None:
        while answer.get("error", {}).get("errorName") == STARTING and time.monotonic() < self._patience:
            self._query.watch(answer.get("stats") or {})
            time.sleep(AGAIN_S)  # nothing was scheduled and no row was sent: the same statement may be asked again
            answer = self._send()
        self._answer = answer
        self.query_id = str(answer["id"])
        self.columns = answer.get("columns") or self.columns
        self.stats = answer.get("stats") or self.stats
        if "updateCount" in answer:
            self.update_count = int(answer["updateCount"])
        if "error" in answer:
            raise from_trino(answer["error"], self._query.restore)
        self._query.watch(self.stats)

    def pages(self) -> Iterator[Page]:
        """Yield the rows as they come; a page may be empty.

        Raises:
            QueryFailed: the statement failed; its text has Trino's code, line and column.
        """
        while True:
            yield self._answer.get("data") or []
            following = self._answer.get("nextUri")
            if following is None:
                return
            self._read(self._engine.call("GET", self._engine.local(following)))

    def until_columns(self) -> Iterator[Page]:
        """Drive the statement until its columns are known; return the pages, the ones seen meanwhile first."""
        pages = self.pages()
        seen = []
        for page in pages:
            seen.append(page)
            if self.columns:
                break
        return _chain(seen, pages)

    def finish(self) -> None:
        """Drive a statement whose rows nobody reads to its end."""
        for _ in self.pages():
            pass

    def cancel(self) -> None:
        """End the statement, also one that the server has not begun."""
        following = self._answer.get("nextUri")
        if following is not None:
            self._engine.call("DELETE", self._engine.local(following))


def _chain(seen: list[Page], rest: Iterator[Page]) -> Iterator[Page]:
    yield from seen
    yield from rest
