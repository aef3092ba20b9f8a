"""Tokens and changes to them: what isn't changed stays as it was written, and a text is read once."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from localcloud.redshift.protocol.frames import Column
from localcloud.redshift.sql.edits import after, apply, before, between, made, replace, swap, text, written
from localcloud.redshift.sql.lexer import lex, parameters_of, split
from localcloud.redshift.sql.tree import outer_selects, selects

from .translation import Known, planned

QUALIFY = (
    "SELECT g, v FROM t WHERE v > 1 QUALIFY row_number() OVER (PARTITION BY g ORDER BY v DESC) = 1 ORDER BY v LIMIT 3"
)
COLUMNS = [Column(name, 0, 0, 23, 0, -1, 0) for name in ("g", "v")]


@pytest.mark.parametrize("sql", [" select 1", "a /* b /* c */ */ , 'd''e\\'f' -- g\n, $$h$$", "x<>-1 and y#z"])
def test_tokens_write_their_text(sql: str) -> None:
    """Blanks and comments belong to the token after them."""
    assert text(lex(sql)) == sql
    assert written(lex(sql)) == sql.lstrip()


def test_changes_keep_blanks_and_comments_around_them() -> None:
    """Replacing or removing a token, or adding others, keeps the white space before it."""
    tokens = lex("a  b /* c */ d\ne")
    changes = [
        swap(tokens[0], "x", "y"),
        replace(tokens[1], tokens[1]),
        before(tokens[2], "NOT "),
        after(tokens[3], "()"),
    ]
    assert text(apply(tokens, changes)) == "xy   /* c */ NOT d\ne()"


def test_two_changes_of_one_token_are_an_error() -> None:
    """Rules that disagree must not be applied in an order of chance."""
    tokens = lex("a b c")
    for second in (swap(tokens[0], "y"), swap(tokens[1], "y")):
        with pytest.raises(AssertionError, match="two rules change the same token"):
            apply(tokens, [replace(tokens[0], tokens[1], "x"), second])


def test_a_template_makes_tokens_of_its_own() -> None:
    """Tokens that a template repeats are different ones, so that each can be changed alone."""
    token = lex("a")[0]
    new = made("f(", token, ", ", between(" + ", [[token], [token]]), ")")
    assert written(new) == "f(a, a + a)"
    assert len({id(one) for one in new}) == len(new)


@pytest.mark.parametrize(("sql", "numbers"), [("select $2, '$3' /* $4 */, $$ $5 $$", {2}), ("select 1", set())])
def test_parameters_are_found(sql: str, numbers: set[int]) -> None:
    """A parameter in a text, a comment or a dollar quote is none."""
    assert parameters_of(sql) == numbers


def test_selects_of_all_levels_are_found() -> None:
    """Each SELECT has its own clauses and items; those of the outermost level can be had alone."""
    tokens = lex("select a, (select b from u limit 1) c from t where x union select d from v")
    found = [(sorted(select.clauses), [item.alias for item in select.items]) for select in selects(tokens)]
    assert found == [(["FROM", "WHERE"], ["", "c"]), (["FROM", "LIMIT"], [""]), (["FROM"], [""])]
    assert [select.start for select in outer_selects(tokens)] == [0, 17]


@pytest.mark.parametrize("sql", ["SELECT 1", QUALIFY, "SELECT a FROM (SELECT a FROM (SELECT g AS a FROM t) x) y"])
def test_a_statement_is_read_into_tokens_once(sql: str) -> None:
    """No rule reads text again, and no fact that is missing makes the translation start over."""
    known, readings = Known(lambda query: COLUMNS), 0

    def watch(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal readings
        code = frame.f_code
        if event == "call" and code.co_filename.endswith("sql/lexer.py"):
            readings += code.co_name in ("lex", "split")

    planned(sql, known=known)  # the templates of the rules are read now, once in the life of the process
    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        planned(sql, known=known)
    finally:
        sys.setprofile(before)
    assert readings == 1
    assert len(split(sql)) == 1
