"""What secrets look like."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from localcloud.home import Home
from localcloud.secret_forms import is_whole, random_secret

FORMS = {"access_key_id": "[A-Z0-9]{20}", "secret_access_key": "[A-Za-z0-9]{40}", "kafka": "[0-9a-f]{32}"}


@pytest.mark.parametrize(("name", "form"), FORMS.items())
def test_a_secret_has_the_form_that_clients_check(tmp_path: Path, name: str, form: str) -> None:
    """AWS keys look like those of AWS, all else is hexadecimal; a lab keeps what it made."""
    secret = Home(tmp_path).secret(name)
    assert re.fullmatch(form, secret)
    assert Home(tmp_path).secret(name) == secret


@pytest.mark.parametrize("name", FORMS)
def test_only_a_whole_secret_is_taken(name: str) -> None:
    """Half a secret, an empty one and one with another character are damaged; a key of version 1.0.0 is not."""
    whole = random_secret(name)
    assert is_whole(name, whole)
    assert is_whole(name, "0123456789abcdef" * 2)
    assert not any(is_whole(name, text) for text in ("", whole[1:], whole + "0", whole[:-1] + "-", whole + "\n"))
