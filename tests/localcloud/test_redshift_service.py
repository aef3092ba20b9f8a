"""The authorities that clients of the lab's Redshift trust."""

from __future__ import annotations

from pathlib import Path

import certifi
import pytest

from localcloud.home import Home
from localcloud.services.redshift import Redshift

COMPANY = "-----BEGIN CERTIFICATE-----\nthe company's own authority\n-----END CERTIFICATE-----\n"


def _bundle(home: Home) -> Path:
    return Path(Redshift().card(home)["SSL_CERT_FILE"])


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """The file of authorities that a company names for everything on its machines."""
    path = tmp_path / "company.pem"
    path.write_text(COMPANY)
    return path


def test_clients_trust_the_lab_the_world_and_the_company(
    tmp_path: Path, company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bundle holds the lab's authority, the public ones, and those that SSL_CERT_FILE named before."""
    monkeypatch.setenv("SSL_CERT_FILE", str(company))
    home = Home(tmp_path / ".lab")
    text = _bundle(home).read_text()
    assert COMPANY in text
    assert Path(certifi.where()).read_text() in text
    assert (home.root / "tls" / "bundle.pem").stat().st_mode & 0o077 == 0


def test_the_company_stays_trusted_in_a_shell_of_the_lab(
    tmp_path: Path, company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After `eval "$(./lab env)"`, SSL_CERT_FILE names the bundle itself; the next `up` keeps what it holds."""
    home = Home(tmp_path / ".lab")
    monkeypatch.setenv("SSL_CERT_FILE", str(company))
    bundle = _bundle(home)
    first = bundle.read_text()
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    assert _bundle(home).read_text() == first


@pytest.mark.parametrize("named", [None, "", "no/such/file.pem", "."])
def test_a_variable_that_names_no_file_adds_nothing(
    named: str | None, tmp_path: Path, company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unset, empty, a missing file or a folder: the company's authorities of before are trusted no more."""
    home = Home(tmp_path / ".lab")
    monkeypatch.setenv("SSL_CERT_FILE", str(company))
    _bundle(home)
    if named is None:
        monkeypatch.delenv("SSL_CERT_FILE")
    else:
        monkeypatch.setenv("SSL_CERT_FILE", named)
    assert COMPANY not in _bundle(home).read_text()
