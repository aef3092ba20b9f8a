"""The certificates of one lab."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509

from localcloud.home import Home
from localcloud.tls import Certificate, certificate


def _belong_together(files: Certificate) -> None:
    """Raise an error unless the authority in the folder signed the certificate."""
    authority, signed = (x509.load_pem_x509_certificate(file.read_bytes()) for file in files[:2])
    signed.verify_directly_issued_by(authority)


def test_whole_files_are_kept(tmp_path: Path) -> None:
    """The certificate stays the same from start to start."""
    before = certificate(Home(tmp_path), "redshift").certificate.read_bytes()
    assert certificate(Home(tmp_path), "redshift").certificate.read_bytes() == before


@pytest.mark.parametrize("name", ["ca.pem", "ca.key", "redshift.pem", "redshift.key"])
def test_a_damaged_file_is_made_again(tmp_path: Path, name: str) -> None:
    """Afterwards all files belong together again."""
    home = Home(tmp_path)
    certificate(home, "redshift")
    file = tmp_path / "tls" / name
    file.write_bytes(file.read_bytes()[:100])
    _belong_together(certificate(home, "redshift"))
    assert len(file.read_bytes()) > 100


def test_all_certificates_follow_a_new_authority(tmp_path: Path) -> None:
    """When the authority is made again for one service, the certificate of another one is signed again as well."""
    home = Home(tmp_path)
    certificate(home, "redshift")
    (tmp_path / "tls" / "ca.pem").write_bytes(b"")
    certificate(home, "seaweedfs")
    _belong_together(certificate(home, "redshift"))
