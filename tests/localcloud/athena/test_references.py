"""Which tables a query reads from."""

from __future__ import annotations

import pytest

from localcloud.athena.statements.references import tables


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT a, b FROM t WHERE x IN (1, 2)", {"t"}),
        ('SELECT * FROM Db."T" AS x', {"db.t"}),
        ("SELECT * FROM awsdatacatalog.db.t, u CROSS JOIN v", {"awsdatacatalog.db.t", "u", "v"}),
        ("SELECT * FROM a JOIN b ON f(a.x, b.x) = 1, c ORDER BY d, e", {"a", "b", "c"}),
        ("SELECT (SELECT max(x) FROM t), y FROM (SELECT * FROM u) z, w", {"t", "u", "w"}),
        ("SELECT * FROM (t CROSS JOIN u)", {"t", "u"}),
        ("SELECT * FROM UNNEST(ARRAY[1, 2]) AS n (x), t", {"t"}),
        ("SELECT extract(year FROM d), b FROM t", {"d", "t"}),
        ("SELECT * FROM t GROUP BY a, b UNION SELECT * FROM u", {"t", "u"}),
        ("SELECT 'FROM x' FROM t -- FROM y", {"t"}),
        ("WITH c AS (SELECT * FROM t) SELECT * FROM c", {"t", "c"}),
        ("SELECT 1", set()),
    ],
)
def test_names_after_from_and_join(sql: str, names: set[str]) -> None:
    """Lists, joins and subqueries are followed; a name too many does no harm, one too few would."""
    assert {".".join(name) for name in tables(sql)} == names
