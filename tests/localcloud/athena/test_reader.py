"""The scanner and the cursor that the statement families read with."""

from __future__ import annotations

import pytest

from localcloud.athena.failure import QueryFailed
from localcloud.athena.reader import Reader, scan


def test_scan_knows_quotes_comments_and_numbers() -> None:
    """Strings, both kinds of quoted names, comments and numbers of every form are one token each."""
    tokens = scan("""a.`b c`."d""e" -- x'y\n'it''s' /* '( */ .5 1e-3 1.25""")
    assert [(token.kind, token.text) for token in tokens[:-1]] == [
        ("word", "a"),
        ("mark", "."),
        ("name", "b c"),
        ("mark", "."),
        ("name", 'd"e'),
        ("string", "it's"),
        ("number", ".5"),
        ("number", "1e-3"),
        ("number", "1.25"),
    ]


def test_backslash_escapes_in_hive_only() -> None:
    """A backslash is a letter in SQL and an escape in Hive DDL."""
    text = r"'\t\001\\'"
    assert scan(text)[0].text == r"\t\001\\"
    assert scan(text, hive=True)[0].text == "\t\x01\\"


def test_hive_string_with_escaped_quote_is_one_token() -> None:
    """`\\'` does not end a Hive string, and does end a SQL string."""
    text = r"'a\'b'"
    assert [token.text for token in scan(text, hive=True)] == ["a'b", "<EOF>"]
    assert scan(text)[0].text == "a\\"


def test_a_hive_string_keeps_its_lines_and_one_blank_of_many() -> None:
    """In a string of DDL many blanks become one, and line feeds stay; a comment comes in one line."""
    text = "'a  b\n   c\n'"

    assert scan(text, hive=True)[0].text == "a b\n c\n"
    assert scan(text)[0].text == "a  b\n   c\n"
    assert Reader(text, hive=True).comment() == "a b c "


def test_group_returns_the_text_between_matching_parentheses() -> None:
    """Parentheses inside strings and inner pairs do not end a group."""
    reader = Reader("(a, (b), ')') rest")
    assert reader.group() == "a, (b), ')'"
    assert reader.rest() == "rest"


@pytest.mark.parametrize("end", [";", " ; ", "; -- done", ";\n"])
def test_the_semicolon_at_the_end_is_no_part_of_a_statement(end: str) -> None:
    """A client may end a statement as in a console; the engine would call it a syntax error."""
    reader = Reader(f"SELECT ';'{end}")
    assert reader.sql.rstrip() == "SELECT ';'"
    assert [token.text for token in reader.tokens] == ["SELECT", ";", "<EOF>"]


@pytest.mark.parametrize("sql", ["SELECT ';'", "SELECT * FROM t WHERE a = ';'", 'SELECT 1 AS ";"'])
def test_a_semicolon_in_quotes_ends_nothing(sql: str) -> None:
    """A text or a name at the end of a statement may be a semicolon."""
    assert Reader(sql).sql == sql


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("SELECT 1; SELECT 2", 2),
        ("SELECT 1;; -- two", 1),
        ("SELECT ';' ; ", 1),
        ("DROP TABLE a; DROP TABLE b;", 2),
        ("CREATE EXTERNAL TABLE t (a int COMMENT 'it\\'s; so')", 1),
    ],
)
def test_statements_are_counted(sql: str, count: int) -> None:
    """A semicolon between two of them counts, one at the end or in a string does not."""
    assert Reader(sql).statements() == count


def test_a_mismatch_names_line_and_column() -> None:
    """The error for an unexpected word says where it stands, counted from 1."""
    reader = Reader("DROP\n  TABEL x")
    with pytest.raises(QueryFailed) as caught:
        reader.need("DROP", "TABLE")
    assert caught.value.reason == "SYNTAX_ERROR: line 2:3: mismatched input 'TABEL'. Expecting: 'TABLE'"


@pytest.mark.parametrize("sql", ["", ";", "/* only */", "'open", '"open', "(((", "\x00", "é☃"])
def test_scan_takes_any_text(sql: str) -> None:
    """No text makes the scanner raise or loop, and the last token is always the end."""
    assert scan(sql)[-1].kind == "end"
    assert Reader(sql).token is not None
