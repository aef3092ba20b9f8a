"""COPY and UNLOAD without services: the grammar, and the lines that UNLOAD writes."""

from __future__ import annotations

import pyarrow as pa
import pytest

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.lexer import lex
from localcloud.redshift.transfer.statements import Copy, parse_copy
from localcloud.redshift.transfer.text_write import Lines
from localcloud.redshift.transfer.unload_statement import parse_unload


def copied(options: str) -> Copy:
    return parse_copy(lex(f"COPY t FROM 's3://b/k' IAM_ROLE DEFAULT {options}"))


@pytest.mark.parametrize(
    "options", ["NOSUCH", "CSV CSV", "PARQUET DELIMITER ','", "DELIMITER 'ab'", "MAXERROR 'x'", "GZIP ="]
)
def test_options_that_do_not_fit_are_refused(options: str) -> None:
    """An unknown option, one given twice, or one that the format does not take is an error."""
    with pytest.raises(SqlError):
        copied(options)


@pytest.mark.parametrize("options", ["PARQUET MAXERROR 0", "ORC MAXERROR AS 0", "PARQUET SERIALIZETOJSON MAXERROR 0"])
def test_the_default_of_maxerror_may_be_written(options: str) -> None:
    """MAXERROR isn't supported for columnar files, but 0 only says what holds anyway; dlt writes it on AWS."""
    assert copied(options).maxerror == 0
    with pytest.raises(SqlError, match="MAXERROR argument is not supported"):
        copied(options.replace("0", "1"))


def test_keys_are_in_no_text_of_a_statement() -> None:
    """The repr of a COPY with keys, as in a log, holds none of them."""
    copy = parse_copy(lex("COPY t FROM 's3://b/k' ACCESS_KEY_ID 'AKIAXX' SECRET_ACCESS_KEY 'hidden' CSV"))
    assert copy.authorization.secret_key == "hidden"
    assert "hidden" not in repr(copy)
    assert "AKIAXX" not in repr(copy)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("CSV", '1,"a,b"\n2,\n'),
        ("", "1|a,b\n2|\n"),
        ("DELIMITER ',' ESCAPE", "1,a\\,b\n2,\n"),
        ("ADDQUOTES NULL AS 'nil'", '"1"|"a,b"\n"2"|nil\n'),
        ("FIXEDWIDTH '0:3,1:5'", "1  a,b  \n2       \n"),
    ],
)
def test_lines_are_written_as_the_options_say(options: str, expected: str) -> None:
    """Quotes, escapes, nulls and widths of UNLOAD."""
    unload = parse_unload(lex(f"UNLOAD ('select 1') TO 's3://b/k' IAM_ROLE DEFAULT {options}"))
    table = pa.table({"x": ["1", "2"], "y": ["a,b", None]})
    assert Lines.of(unload, (True, True)).encode(table).decode() == expected
