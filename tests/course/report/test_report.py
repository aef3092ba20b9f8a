"""The pages of executed notebooks: one file, no network, one H1, everything has words."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import nbformat
import pandas as pd
import plotly.express as px
import pytest
from bs4 import BeautifulSoup
from nbformat import v4

from course.report import write_page
from course.results import GLUED
from smartcity.figures.display import bundle, describe

TABLE = pd.DataFrame({"district": ["north"], "speed_kmh": [31.5]})
FIGURE = px.bar(TABLE, x="district", y="speed_kmh", title="</script><b>North</b> is slow", labels={"speed_kmh": "km/h"})
CSS = files("course.report").joinpath("page.html").read_text()


@pytest.fixture
def page(tmp_path: Path) -> BeautifulSoup:
    """The page of a notebook with a table, a figure, an error and a cell for the run."""
    outputs = [
        v4.new_output("display_data", data=bundle(FIGURE)),
        v4.new_output("execute_result", data={"text/html": TABLE.to_html(), "text/plain": repr(TABLE)}),
        v4.new_output("error", ename="ValueError", evalue="no", traceback=["ValueError: no & never"]),
    ]
    hidden = v4.new_code_cell("glue(x=1)", metadata={"tags": ["remove-cell"]})
    hidden.outputs = [v4.new_output("display_data", data={GLUED: {"x": 1}, "text/plain": ""})]
    shown = v4.new_code_cell("show()", outputs=outputs)
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("# Title\n\n# Another\n\n## Part"), shown, hidden])
    nbformat.write(notebook, tmp_path / "a.ipynb")
    return BeautifulSoup(write_page(tmp_path / "a.ipynb").read_text(), "html.parser")


def test_a_page_needs_no_other_file(page: BeautifulSoup) -> None:
    """Nothing is loaded from elsewhere, and plotly.js is in the page just once."""
    assert not [tag for tag in page.select("[src], link[href]") if not tag.get("src", "").startswith("data:")]
    assert sum("plotly.js v" in (script.string or "")[:400] for script in page.select("script")) == 1


def test_a_page_has_one_heading_and_a_language(page: BeautifulSoup) -> None:
    """The first H1 stays, others become H2; the title is the same."""
    assert [tag.get_text() for tag in page.select("h1")] == ["Title"]
    assert [tag.get_text() for tag in page.select("h2")] == ["Another", "Part"]
    assert page.html is not None
    assert page.html["lang"] == "en"
    assert page.title is not None
    assert page.title.string == "Title"


def test_a_figure_is_drawn_and_described(page: BeautifulSoup) -> None:
    """The figure has a label in words; its title can't end the script early."""
    (figure,) = page.select("figure")
    assert figure["aria-label"] == describe(FIGURE.to_dict())
    assert "km/h" in str(figure["aria-label"])
    (drawing,) = (script.string for script in page.select("script") if (script.string or "").startswith("draw("))
    assert "\\u003c/script>" in drawing


def test_headings_of_tables_say_what_they_head(page: BeautifulSoup) -> None:
    """Column and row headings have a scope, and no heading is empty."""
    scopes = {tag.get_text(): tag.get("scope") for tag in page.select("th")}
    assert scopes == {"district": "col", "speed_kmh": "col", "0": "row"}


def test_what_is_for_the_run_is_not_shown(page: BeautifulSoup) -> None:
    """Cells tagged remove-cell are left out; errors are in."""
    assert "glue" not in page.get_text()
    assert "ValueError: no & never" in page.get_text()


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", ["ink", "soft", "link", "keyword", "text", "number", "name", "wrong"])
def test_text_stands_out_from_paper_and_code(name: str) -> None:
    """Each colour of text has a contrast of 4.5 to 1 or more on both grounds (WCAG AA)."""
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", CSS))
    for ground in ("paper", "code"):
        light, dark = sorted((luminance(colours[name]), luminance(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5
