"""The files follow the vendors' schemas, if there are copies of them: SMARTCITY_BI_SCHEMAS names their folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from smartcity.bi import check
from smartcity.bi.files import Files
from smartcity.bi.schemas import XSD, Schemas
from smartcity.errors import BiFailed

FOLDER = os.environ.get("SMARTCITY_BI_SCHEMAS")
needs_copies = pytest.mark.skipif(not FOLDER, reason="SMARTCITY_BI_SCHEMAS names no folder with the vendors' schemas")
pytest.importorskip("tableauhyperapi", reason="Tableau's Hyper API has no wheel for this machine", exc_type=ImportError)


@needs_copies
def test_all_files_follow_their_schemas(files: Files) -> None:
    """Both workbooks pass Tableau's XSD, each JSON file the schema that it names."""
    found = list(check.vendor_checks(files, Schemas(Path(FOLDER or ""))))
    assert len(found) == 2 + 19
    assert not [one for one in found if one.wrong]


@needs_copies
def test_the_schemas_can_say_no(files: Files) -> None:
    """A workbook without its sheets' ids and a visual without its place are refused."""
    schemas = Schemas(Path(FOLDER or ""))
    assert schemas.workbook_errors(files.workbooks()["smartcity.twb"].replace(b"simple-id", b"simple"))
    visual = json.loads(files.visuals()[0].read_text())
    assert schemas.json_errors({name: value for name, value in visual.items() if name != "position"})


@needs_copies
def test_a_copy_made_on_windows_is_trusted(files: Files, tmp_path: Path) -> None:
    """The XSD with Windows' ends of lines is the vendor's file too."""
    text = (Path(FOLDER or "") / XSD).read_bytes()
    (tmp_path / XSD).write_bytes(text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    assert not Schemas(tmp_path).workbook_errors(files.workbooks()["smartcity.twb"])


def test_a_changed_xsd_is_not_trusted(tmp_path: Path) -> None:
    """A file under the XSD's name with other contents is refused."""
    (tmp_path / XSD).write_text("<x/>")
    with pytest.raises(BiFailed, match="differs from the file that its vendor published"):
        Schemas(tmp_path).workbook_errors(b"<workbook/>")
