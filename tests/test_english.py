"""The texts that people read are in plain English: turns that once crept in stay out."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = sorted(
    path for part in ("lib", "tests", "bench") for path in ROOT.glob(f"{part}/**/*.py") if path != Path(__file__)
)
SOURCES = sorted(ROOT.glob("notebooks/source/*.py"))
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "lib/**/*.md", "docker/*.md", "data/**/*.md")
    for path in ROOT.glob(pattern)
    if path.name != "licences.md"  # names of packages and licences
)
TURNS = {
    r"tells? (whether|of|its|no|apart)": "says, reports, shows, returns",
    r"is told (no|of|by)": "gets no, learns of, is reported as",
    r"(?<!defined )by (itself|themselves)": "automatically, on its own",
    r"at hand": "current, available",
    r"otherwise than|other than on AWS": "differently from, unlike",
    r"(?<!there )(?<!there\n)(?<!that )is no (?!longer|more|such|way|need|different|second)": "is not a",
    r"anew": "again",
    r"beside": "next to, in addition to",
    r"reckon\w*": "calculate, estimate",
    r"mend(s|ed|ing)?": "fix",
    r"lies? (in|on|below|beside|there|at)": "is in, is on",
    r"stands? (in|beside|before|after|below|at|there)(?! for| front)": "is in, comes before",
    r"(one|rows?|objects?|files?) a (line|vehicle|record|topic|partition|file|row|type|key|table)": "one per line",
    r"in place of": "instead of",
    r"has not(?=[.,:;)])": "lacks, does not have",
    r"some (ten|twenty|dozen|hundred|thousand)": "about ten, a few hundred",
    r"go(es)? with(?!out)": "can be combined with, suits",
    r"go(es)? on(?! to)": "continues",
    r"likewise": "in the same way, as above",
    r"(that|those|what) there (is|are) not": "that does not exist",
    r"where there is (no|none)": "if there is no",
    r"but for": "except for",
    r"as (it|they) came": "unchanged, in its original state",
    r"held against": "checked against",
    r"(is|are|was|were) dear(er)?": "expensive, costs more than",
    r"the very": "exactly the",
    r"kindly|whence|thereof|therein|wherein|ere|albeit|amongst|nought|heretofore": "a modern word",
    r"things? of (the|a) (stack|lab|template)": "a resource",
    r"was run": "ran",
}
"""Turns that nobody would say, as patterns, and what to write."""
REFUSED = re.compile("|".join(rf"\b(?:{turn})\b" for turn in TURNS), re.IGNORECASE)


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a page, or the strings, docstrings and comments of a module, each with its line number."""
    source = path.read_text()
    if path.suffix == ".md":
        yield from enumerate(source.splitlines(), start=1)
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def refused(path: Path) -> Iterator[str]:
    """Yield each refused turn of a file: where it is, how it reads, and what to write instead."""
    for line, text in texts(path):
        for turn, better in TURNS.items() if REFUSED.search(text) else ():
            for match in re.finditer(rf"\b(?:{turn})\b", text, re.IGNORECASE):
                context = " ".join(text[max(0, match.start() - 40) : match.end() + 40].split())
                yield f"{path.relative_to(ROOT)}:{line}: {match[0]!r} in '{context}'. Try: {better}"


def test_no_text_has_a_refused_turn() -> None:
    """Pages, lessons, docstrings, comments and messages, those of tests and benchmarks too, have none of the turns above."""
    found = [each for path in (*PAGES, *SOURCES, *CODE) for each in refused(path)]
    assert not found, "\n".join(found)


def test_a_refused_turn_is_found() -> None:
    """A turn is found in a docstring and in a comment, in any case."""
    assert REFUSED.search('"""Tells whether it runs."""')
    assert REFUSED.search("# what lies in the folder")
    assert not REFUSED.search("The manual tells you what to do; PostgreSQL stands in for Redshift.")
