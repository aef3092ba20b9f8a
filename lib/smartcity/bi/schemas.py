"""The vendors' published schemas, which the files are checked against: from a folder of copies, or downloaded.

Tableau: https://github.com/tableau/tableau-document-schemas (XSD); Microsoft:
https://github.com/microsoft/json-schemas. They are not part of the lab; downloads are kept in the folder.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests
from jsonschema import Draft7Validator
from lxml import etree
from referencing import Registry, Resource

from smartcity.errors import BiFailed

XSD: Final = "twb_2026.1.0.xsd"
XSD_SHA256: Final = "8bb236b72c1c388aca92bcd00164f65c0d4f5efeaf225252ce0619d8f631e923"
_XSD_AT: Final = (
    "https://raw.githubusercontent.com/tableau/tableau-document-schemas/"
    "f7ac40d4fa1d99495d50b375c1676f62a22e450c/schemas/2026_1/"
)
_MICROSOFT: Final = "https://developer.microsoft.com/json-schemas/"
_LIMIT_S: Final = 20
_XS: Final = "{http://www.w3.org/2001/XMLSchema}"

# The XSD imports two namespaces without saying where they are described; these say as much as it uses of them.
_IMPORTS: Final = {
    "http://www.tableausoftware.com/xml/user": '<xs:attributeGroup name="UserAttributes-AG">'
    '<xs:anyAttribute namespace="##any" processContents="skip"/></xs:attributeGroup>',
    "http://www.w3.org/XML/1998/namespace": '<xs:attribute name="base" type="xs:anyURI"/>'
    '<xs:attribute name="lang" type="xs:string"/><xs:attribute name="space" type="xs:string"/>',
}


@dataclass(frozen=True)
class Schemas:
    """The schemas in `folder`: Tableau's XSD by its name, Microsoft's below `fabric/` as in their repository."""

    folder: Path

    def workbook_errors(self, document: bytes) -> list[str]:
        """Return a workbook's violations of the XSD. Raises BiFailed if the XSD can't be read."""
        root = etree.fromstring(self._text(XSD, _XSD_AT + XSD, XSD_SHA256))
        for element in root.findall(f"{_XS}import"):
            element.set("schemaLocation", str(self._stub(element.get("namespace"))))
        schema = etree.XMLSchema(root)
        schema.validate(etree.fromstring(document))
        return [f"line {error.line}: {error.message}" for error in schema.error_log]

    def json_errors(self, document: dict[str, Any]) -> list[str]:
        """Return a document's violations of the schema it names. Raises BiFailed if that can't be read."""
        registry: Registry[Any] = Registry(retrieve=self._resource)  # type: ignore[call-arg]
        schema = self._resource(document["$schema"]).contents
        errors = Draft7Validator(schema, registry=registry).iter_errors(document)
        return [f"{error.json_path}: {error.message}" for error in errors]

    def _resource(self, uri: str) -> Resource[Any]:
        if not uri.startswith(_MICROSOFT):
            raise BiFailed(f"{uri} is not one of Microsoft's schemas. Try: ./lab bi, which writes the files again")
        contents = json.loads(self._text(uri.removeprefix(_MICROSOFT), uri).decode("utf-8-sig"))
        return Resource.from_contents(contents)

    def _stub(self, namespace: str) -> Path:
        body = _IMPORTS[namespace]
        path = self.folder / f"import-{hashlib.sha256(namespace.encode()).hexdigest()[:8]}.xsd"
        path.write_text(f'<xs:schema xmlns:xs="{_XS[1:-1]}" targetNamespace="{namespace}">{body}</xs:schema>')
        return path

    def _text(self, name: str, address: str, sha256: str = "") -> bytes:
        path = self.folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_fetch(address))
        text = path.read_bytes().replace(b"\r\n", b"\n")  # as a copy made on Windows has it
        if sha256 and hashlib.sha256(text).hexdigest() != sha256:
            raise BiFailed(f"{path} differs from the file that its vendor published. Try: delete it and check again")
        return text


def _fetch(address: str) -> bytes:
    try:
        answer = requests.get(address, timeout=_LIMIT_S)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise BiFailed(
            f"The vendor's schema {address} can't be downloaded: {error}. "
            "Try: ./lab bi --check --schemas FOLDER with copies of the vendors' repositories"
        ) from error
    return answer.content
