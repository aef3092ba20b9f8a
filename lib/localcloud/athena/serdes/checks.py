"""What a value of a property must look like. Each check returns what is wrong with a value, or '' where it is right."""

from __future__ import annotations

from collections.abc import Callable

Check = Callable[[str], str]


def anything(_value: str) -> str:
    """Accept every value: the engine takes it as it is, or the property is only a note."""
    return ""


def boolean(value: str) -> str:
    """Accept true and false in any case."""
    return "" if value.strip().lower() in ("true", "false") else "it must be true or false"


def whole_number(value: str) -> str:
    """Accept 0, 1, 2 ..."""
    return "" if value.strip().isascii() and value.strip().isdecimal() else "it must be a whole number, 0 or greater"


def required_text(value: str) -> str:
    """Accept every text that is not empty."""
    return "" if value else "it must not be empty"


def one_byte(value: str) -> str:
    """Accept what Hive takes as a delimiter: one ASCII character, or the number of a byte.

    https://docs.aws.amazon.com/athena/latest/ug/lazy-simple-serde.html
    """
    if value.lstrip("+-").isdecimal() and value.isascii():
        return "" if -128 <= int(value) <= 127 else "the number of a byte must be between -128 and 127"
    if len(value) == 1 and value.isascii():
        return ""
    return "it must be a single ASCII character; longer delimiters are not supported"


def one_character(value: str) -> str:
    """Accept one character: https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html"""
    return "" if len(value) == 1 else "it must be a single character"


def newline(value: str) -> str:
    """Accept a line feed, the only end of a line that Hive takes."""
    return "" if value in ("\n", "10") else "lines can only be terminated by '\\n'"


def utf8(value: str) -> str:
    """Accept UTF-8."""
    return "" if value.strip().lower() in ("utf-8", "utf8") else "the lab reads only UTF-8 text"


def choice(*values: str) -> Check:
    """Return a check that accepts these values in any case."""

    def check(value: str) -> str:
        return "" if value.strip().upper() in values else f"it must be one of {', '.join(values)}"

    return check


def only(value: str) -> Check:
    """Return a check that accepts this one value in any case."""

    def check(given: str) -> str:
        return "" if given.strip().lower() == value else f"the lab supports {value!r} only"

    return check


def between(low: int, high: int) -> Check:
    """Return a check that accepts the whole numbers of a range, ends included."""

    def check(value: str) -> str:
        number = value.strip()
        right = number.isascii() and number.isdecimal() and low <= int(number) <= high
        return "" if right else f"it must be a number from {low} to {high}"

    return check
