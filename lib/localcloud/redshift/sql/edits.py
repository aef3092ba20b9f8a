"""Changes to tokens. A rule says which tokens become which; `apply` makes the changes, `written` writes the text.

What a rule adds is given as a template in parts: `made("coalesce(", argument, ")")`. Text of the rule's own is read
into tokens once in the life of the process; tokens of the statement pass through as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from localcloud.redshift.sql.lexer import Token, Tokens, scan

Part = str | Token | Sequence[Token]


class Edit(NamedTuple):
    """A change: the tokens from `first` to `last` become others."""

    first: Token
    last: Token
    new: Tokens


@lru_cache(4096)
def _template(text: str) -> tuple[tuple[Token, ...], str]:
    """Return the tokens of a rule's own text, and the blanks at its end."""
    tokens = tuple(scan(text))
    return tokens, text[sum(len(token.space) + len(token.text) for token in tokens) :]


def made(*parts: Part) -> Tokens:
    """Return new tokens after a template, each of them used nowhere else."""
    new, space = Tokens(), ""
    for part in parts:
        listed, tail, lead = _listed(part)
        if listed:
            first = listed[0]
            new.append(Token(first.kind, first.text, space + lead, first.upper))
            new += [Token(token.kind, token.text, token.space, token.upper) for token in listed[1:]]
            space = ""
        space += tail
    return new


def _listed(part: Part) -> tuple[Sequence[Token], str, str]:
    """Return the tokens of a part of a template, the blanks after them, and those before: of text of the rule alone."""
    if isinstance(part, str):
        tokens, tail = _template(part)
        return tokens, tail, tokens[0].space if tokens else ""
    return ((part,) if isinstance(part, Token) else part), "", ""


def between(mark: str, groups: Iterable[Sequence[Token]]) -> Tokens:
    """Return groups of tokens with a mark, such as a comma, between each two."""
    parts = list[Part]()
    for group in groups:
        parts += [mark, group] if parts else [group]
    return made(*parts)


def replace(first: Token, last: Token, *parts: Part) -> Edit:
    """Return the change of the tokens from one to another into what a template makes; into nothing without one."""
    return Edit(first, last, made(*parts))


def swap(token: Token, *parts: Part) -> Edit:
    """Return the change of one token."""
    return Edit(token, token, made(*parts))


def before(token: Token, *parts: Part) -> Edit:
    """Return the change that puts something before a token."""
    return Edit(token, token, made(*parts, token))


def after(token: Token, *parts: Part) -> Edit:
    """Return the change that puts something after a token."""
    return Edit(token, token, made(token, *parts))


def apply(tokens: Sequence[Token], edits: Iterable[Edit]) -> Tokens:
    """Return tokens with the changes made that concern them. Changes must not overlap."""
    edits = list(edits)
    pending = {id(edit.first): edit for edit in edits}
    if len(pending) < len(edits):
        raise AssertionError(f"two rules change the same token of {written(tokens)!r}")
    if not pending:
        return list(tokens)
    new, space, at = Tokens(), "", 0
    while at < len(tokens):
        token = tokens[at]
        edit = pending.get(id(token))
        added: Sequence[Token] = (token,)
        if edit is not None:
            at = _last(tokens, at, edit, pending)
            added = edit.new
        space += token.space
        if added:
            first = added[0]
            lead = "" if edit is None else first.space
            new.append(first if first is token and not space else first.spaced(space + lead))
            new += added[1:]
            space = ""
        at += 1
    return new


def _last(tokens: Sequence[Token], at: int, edit: Edit, pending: dict[int, Edit]) -> int:
    """Return the index of the last token of a change. Raises AssertionError if another change begins in it."""
    while tokens[at] is not edit.last:
        at += 1
        if id(tokens[at]) in pending:
            raise AssertionError(f"two rules change the same tokens of {written(tokens)!r}")
    return at


def text(tokens: Sequence[Token]) -> str:
    """Return the text of tokens with what comes before the first."""
    return "".join([token.space + token.text for token in tokens])


def written(tokens: Sequence[Token]) -> str:
    """Return the text of tokens, without what comes before the first."""
    if not tokens:
        return ""
    return tokens[0].text + "".join([token.space + token.text for token in tokens[1:]])
