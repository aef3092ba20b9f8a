"""The `WITH (key = value, ...)` of CTAS and UNLOAD, read and said in the engine's words."""

from __future__ import annotations

from localcloud.athena.failure import QueryFailed, not_supported
from localcloud.athena.reader import Reader
from localcloud.athena.serdes.checks import between

Properties = dict[str, str | list[str]]

CODECS = {"NONE": "NONE", "SNAPPY": "SNAPPY", "GZIP": "GZIP", "ZLIB": "GZIP", "LZ4": "LZ4", "ZSTD": "ZSTD"}
_COMPRESSIONS = ("write_compression", "parquet_compression", "orc_compression", "compression")
FORMATS = ("PARQUET", "ORC", "AVRO", "JSON", "TEXTFILE")


def read(reader: Reader) -> Properties:
    """Return the properties in the parentheses that come next; keys in lower case, values as text or list of texts."""
    given: Properties = {}
    reader.need("(")
    while True:
        key = reader.name()
        reader.need("=")
        given[key] = _value(reader)
        if not reader.take(","):
            break
    reader.need(")")
    return given


def _value(reader: Reader) -> str | list[str]:
    if not reader.take("ARRAY"):
        token = reader.step()
        if token.kind not in ("string", "number", "word"):
            reader.at -= 1
            raise reader.mismatch("<value>")
        return token.text
    reader.need("[")
    values = []
    while not reader.sees("]"):
        values.append(reader.string())
        reader.take(",")
    reader.need("]")
    return values


def text(properties: Properties, key: str, default: str = "") -> str:
    """Take one value out of the properties."""
    value = properties.pop(key, default)
    if isinstance(value, list):
        raise QueryFailed("INVALID_TABLE_PROPERTY", f"Invalid value for property '{key}': a text is expected")
    return value


def texts(properties: Properties, key: str) -> list[str]:
    """Take a list of values out of the properties."""
    value = properties.pop(key, [])
    if not isinstance(value, list):
        raise QueryFailed("INVALID_TABLE_PROPERTY", f"Invalid value for property '{key}': an array is expected")
    return value


def file_format(properties: Properties) -> str:
    """Take the file format, PARQUET if none is given."""
    name = text(properties, "format", "PARQUET").upper()
    if name not in FORMATS:
        raise not_supported(f"Format {name} cannot be written. The lab writes {', '.join(FORMATS)}")
    return name


def session(properties: Properties, file_format_name: str) -> dict[str, str]:
    """Take the compression, and return the session property that sets it in the engine."""
    named = [text(properties, key) for key in _COMPRESSIONS if key in properties]
    level = text(properties, "compression_level")
    default = "NONE" if file_format_name == "AVRO" else "GZIP"
    name = named[0].upper() if named else default
    if level and (name != "ZSTD" or between(1, 22)(level)):
        # https://docs.aws.amazon.com/athena/latest/ug/compression-support-zstd-levels.html
        raise QueryFailed("INVALID_TABLE_PROPERTY", "compression_level is for ZSTD, and is a number from 1 to 22")
    if name not in CODECS:
        raise not_supported(f"Compression {name} cannot be written. The lab writes {', '.join(CODECS)}")
    return {"awsdatacatalog.compression_codec": CODECS[name]}


def quoted(value: str) -> str:
    """Return a text as a SQL string."""
    return "'" + value.replace("'", "''") + "'"


def array(values: list[str]) -> str:
    """Return texts as a SQL array."""
    return f"ARRAY[{', '.join(map(quoted, values))}]"


def identifier(*names: str) -> str:
    """Return names as one quoted, dotted SQL name."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def refuse_unknown(properties: Properties) -> None:
    """Make sure that every property was understood."""
    if properties:
        key = next(iter(properties))
        raise QueryFailed("INVALID_TABLE_PROPERTY", f"table property '{key}' does not exist")
