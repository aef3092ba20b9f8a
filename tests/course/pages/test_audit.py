"""The audit of pages finds what it is for, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from course.pages import audit

HEAD = '<html lang="en"><title>a</title><style>body { color: #000; background: #fff; }</style><h1>A</h1>'


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable[[str], Any]]:
    """A function that opens a page with this in its body."""
    context = browser.new_context(viewport={"width": 390, "height": 844})

    def show(body: str) -> Any:
        page = context.new_page()
        page.set_content(HEAD + body)
        return page

    yield show
    context.close()


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        pytest.param('<button aria-label="go">x</button><img alt="a hill" src="data:,">', [], id="sound"),
        pytest.param('<p style="color: #999">pale</p>', ["contrast 2.85: 'pale'"], id="pale"),
        pytest.param('<p style="color: #888; font-size: 24px">large</p>', [], id="large"),
        pytest.param('<p style="opacity: .4">thin</p>', ["contrast 2.85: 'thin'"], id="transparent"),
        pytest.param('<p style="background: #333">dark</p>', ["contrast 1.66: 'dark'"], id="dark on dark"),
        pytest.param('<p style="width: 500px">wide</p>', ["118 px wider than the screen"], id="wide"),
        pytest.param("<button></button>", ["button without a name"], id="nameless button"),
        pytest.param('<img src="data:,">', ["image without a name"], id="nameless picture"),
        pytest.param("<h1>B</h1>", ["h1: 2, language: 'en', title: 'a'"], id="two headings"),
    ],
)
def test_faults_are_told(opened: Callable[[str], Any], body: str, wrong: list[str]) -> None:
    """What a reader stumbles over is told in words, and a sound page has no fault."""
    assert audit.faults(opened(body)) == wrong


def test_what_tab_can_not_reach_is_told(opened: Callable[[str], Any]) -> None:
    """A button that the keyboard is kept from, and one whose focus is not seen, are told; others are not."""
    script = '<script>trap.onkeydown = (event) => event.key === "Tab" && event.preventDefault()</script>'
    assert audit.unreached(opened("<button>a</button><button>b</button>")) == []
    assert audit.unreached(opened(f'<button id="trap">a</button><button>b</button>{script}')) == [
        "Tab does not reach stop 1 of 2"
    ]
    hidden = '<button style="outline: none">a</button>'
    assert audit.unreached(opened(hidden)) == ["stop 0 has no visible focus"]
