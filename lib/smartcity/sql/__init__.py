"""SQL as data: a folder a schema, files in the order in which they run. `{mart}` stands for the name of the schema."""

from __future__ import annotations

from importlib import resources


def statements(folder: str, **names: str) -> list[str]:
    """Return the statements of a folder in the order of its files, with names such as `mart="mart"` put in.

    A statement ends with a semicolon at the end of a line.
    """
    files = sorted(resources.files(__name__).joinpath(folder).iterdir(), key=lambda file: file.name)
    text = "\n".join(file.read_text() for file in files if file.name.endswith(".sql"))
    return [statement.strip().format(**names) for statement in text.split(";\n") if statement.strip()]
