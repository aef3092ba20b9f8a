"""Steps into a SUPER: `.name` and `[index]`.

https://docs.aws.amazon.com/redshift/latest/dg/query-super.html
"""

from __future__ import annotations

from localcloud.redshift.sql.edits import made
from localcloud.redshift.sql.lexer import Token, Tokens, closing
from localcloud.redshift.sql.names import folded, literal
from localcloud.redshift.sql.plan import Session


def followed(value: Tokens, steps: Tokens, session: Session) -> Tokens:
    """Return the navigation from a SUPER value; where it leads nowhere, the session says whether that is an error."""
    index, how = 0, "strict_" if session.navigates_strictly else ""
    while index < len(steps):
        if steps[index].text == ".":
            name = literal(_attribute(steps[index + 1], session))
            value = made(f"redshift_lab.{how}member(", value, f", {name})")
            index += 2
        else:
            end = closing(steps, index)
            function = "member" if steps[end - 1].kind == "string" else "element"
            value = made(f"redshift_lab.{how}{function}(", value, ", ", steps[index + 1 : end], ")")
            index = end + 1
    return value


def _attribute(step: Token, session: Session) -> str:
    """Return the attribute that a step names; a bare one keeps its case where the session says so."""
    return step.text if session.case_sensitive_attributes and step.kind == "word" else folded(step)
