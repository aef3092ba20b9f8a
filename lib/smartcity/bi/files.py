"""The folder of the BI files: how it is made and laid out."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

from smartcity.bi import hyper, powerbi, tableau
from smartcity.bi.address import Address
from smartcity.errors import BiFailed


@dataclass(frozen=True)
class Files:
    """The BI files below `folder`."""

    folder: Path

    @property
    def tableau(self) -> Path:
        """Return the folder of Tableau's files."""
        return self.folder / "tableau"

    @property
    def powerbi(self) -> Path:
        """Return the folder of Power BI's files."""
        return self.folder / "powerbi"

    @property
    def extract(self) -> Path:
        """Return the extract."""
        return self.tableau / "smartcity.hyper"

    @property
    def packaged(self) -> Path:
        """Return the workbook that holds the extract."""
        return self.tableau / "smartcity.twbx"

    def make(
        self, connection: Any, address: Address, tools: tuple[str, ...] = ("tableau", "powerbi", "sql")
    ) -> dict[str, int]:
        """Make the files of these tools, instead of those that are there; return the rows of the extract by table.

        Takes a DB-API connection to the warehouse. Raises BiFailed if this machine has no Hyper API.
        """
        rows: dict[str, int] = {}
        for tool in tools:
            (self.folder / tool).mkdir(parents=True, exist_ok=True)
        if "tableau" in tools:
            rows = hyper.write(connection, address.schema, self.extract)
            tableau.write(self.tableau, address, self.extract)
        if "powerbi" in tools:
            powerbi.write(self.powerbi, address)
        for tool in tools:
            (self.folder / tool / "README.md").write_text(_readme(tool, address))
        return rows

    def require(self) -> None:
        """Raise BiFailed unless all files are there."""
        for path in (self.extract, self.packaged, self.powerbi / "smartcity.pbip"):
            if not path.exists():
                raise BiFailed(f"{path} does not exist. Try: ./lab bi")

    def workbooks(self) -> dict[str, bytes]:
        """Return the XML of the plain and of the packaged workbook, by their names."""
        with zipfile.ZipFile(self.packaged) as archive:
            packaged = archive.read("smartcity.twb")
        return {"smartcity.twb": (self.tableau / "smartcity.twb").read_bytes(), "smartcity.twbx": packaged}

    def json_documents(self) -> list[Path]:
        """Return the files of the Power BI project that name their schema."""
        paths = [*self.powerbi.rglob("*.json"), *self.powerbi.rglob("*.pbi[prs]*"), *self.powerbi.rglob(".platform")]
        return sorted(path for path in paths if path.is_file() and path.suffix != ".pbids")

    def tables(self) -> list[Path]:
        """Return the tables of the semantic model."""
        return sorted(self.powerbi.glob("*.SemanticModel/definition/tables/*.tmdl"))

    def visuals(self) -> list[Path]:
        """Return the visuals of the report."""
        return sorted(self.powerbi.glob("*.Report/definition/pages/*/visuals/*/visual.json"))


def _readme(tool: str, address: Address) -> str:
    text = resources.files("smartcity.bi").joinpath("readme", f"{tool}.md").read_text()
    return Template(text).substitute(
        host=address.host, port=address.port, database=address.database, user=address.user, schema=address.schema
    )
