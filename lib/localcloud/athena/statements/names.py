"""Names in Hive DDL: which words need backquotes.

https://docs.aws.amazon.com/athena/latest/ug/reserved-words.html
"""

from __future__ import annotations

from localcloud.athena.failure import QueryFailed, hive_error
from localcloud.athena.reader import Reader

MAX_LENGTH = 255
"""Characters of a name of a database, table or column."""

_LIST = """
ALL ALTER AND ARRAY AS AUTHORIZATION BETWEEN BIGINT BINARY BOOLEAN BOTH BY CASE CASHE CAST CHAR COLUMN CONF
CONSTRAINT COMMIT CREATE CROSS CUBE CURRENT CURRENT_DATE CURRENT_TIMESTAMP CURSOR DATABASE DATE DAYOFWEEK DECIMAL
DELETE DESCRIBE DISTINCT DOUBLE DROP ELSE END EXCHANGE EXISTS EXTENDED EXTERNAL EXTRACT FALSE FETCH FLOAT FLOOR
FOLLOWING FOR FOREIGN FROM FULL FUNCTION GRANT GROUP GROUPING HAVING IF IMPORT IN INNER INSERT INT INTEGER INTERSECT
INTERVAL INTO IS JOIN LATERAL LEFT LESS LIKE LOCAL MACRO MAP MORE NONE NOT NULL NUMERIC OF ON ONLY OR ORDER OUT
OUTER OVER PARTIALSCAN PARTITION PERCENT PRECEDING PRECISION PRESERVE PRIMARY PROCEDURE RANGE READS REDUCE REGEXP
REFERENCES REVOKE RIGHT RLIKE ROLLBACK ROLLUP ROW ROWS SELECT SET SMALLINT START TABLE TABLESAMPLE THEN TIME
TIMESTAMP TO TRANSFORM TRIGGER TRUE TRUNCATE UNBOUNDED UNION UNIQUEJOIN UPDATE USER USING UTC_TIMESTAMP VALUES
VARCHAR VIEWS WHEN WHERE WINDOW WITH
"""
_IN_EXAMPLES = frozenset(("DAYOFWEEK", "START", "TIME", "TIMESTAMP"))
"""Words of the list that the guide's own CREATE TABLE examples use as names without backquotes.

Pages lazy-simple-serde, vpc-flow-logs, application-load-balancer-logs and grok-serde.
"""
_IN_CLIENTS = frozenset(("PARTITION",))
"""Words of the list that a client uses as names without backquotes: tests of aws-sdk-pandas, which run on AWS."""
RESERVED = frozenset(_LIST.split()) - _IN_EXAMPLES - _IN_CLIENTS
"""Words that cannot be names without backquotes."""


def read(reader: Reader) -> str:
    """Return the name that must come next, in lower case.

    Raises:
        QueryFailed: a reserved word or a word that begins with an underscore without backquotes, or too long a name.
    """
    token = reader.token
    if token.kind == "word" and (token.upper() in RESERVED or token.text.startswith("_")):
        raise cannot_recognize(reader)
    name = reader.name()
    if len(name) > MAX_LENGTH:
        raise hive_error(f"SemanticException Name {name[:20]}... is longer than {MAX_LENGTH} characters")
    return name


def path(reader: Reader) -> list[str]:
    """Return the dotted names that must come next."""
    parts = [read(reader)]
    while reader.take("."):
        parts.append(read(reader))
    return parts


def cannot_recognize(reader: Reader) -> QueryFailed:
    """Return Hive's error for a word that cannot be a name where it stands."""
    line, column = reader.position()
    ahead = reader.tokens[reader.at : reader.at + 3]
    near = " ".join(f"'{reader.sql[token.start : token.end] or '<EOF>'}'" for token in ahead)
    word = reader.token.text
    hint = f"Try: `{word}`"
    return hive_error(f"ParseException line {line}:{column - 1} cannot recognize input near {near} as a name. {hint}")
