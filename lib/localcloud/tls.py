"""A certificate authority of one lab, and the certificates that identify its services to each other on loopback."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from localcloud.home import LOOPBACK, Home, write_private

_LIFE = timedelta(days=825)


class Certificate(NamedTuple):
    """Three PEM files: the authority, the certificate that it signed, and its private key (mode 600)."""

    authority: Path
    certificate: Path
    key: Path


def certificate(home: Home, name: str) -> Certificate:
    """Return a service's certificate for its name, its host and loopback, created at first use.

    It is renewed before it expires, and when the service gets another host.
    """
    folder = home.folder("tls")
    files = Certificate(folder / "ca.pem", folder / f"{name}.pem", folder / f"{name}.key")
    names = [_general_name(host) for host in dict.fromkeys(("localhost", LOOPBACK, name, home.host(name)))]
    if not _is_whole(files, folder / "ca.key", names):
        _issue(files, folder / "ca.key", name, names)
    return files


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _is_whole(files: Certificate, authority_key: Path, names: Collection[x509.GeneralName]) -> bool:
    """Return whether the files are current, belong together and hold the names, and the authority's key is there."""
    authority, signed = _current(files.authority, authority_key), _current(files.certificate, files.key)
    if authority is None or signed is None:
        return False
    try:
        signed.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return set(names) <= set(signed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)


def _current(file: Path, key_file: Path) -> x509.Certificate | None:
    """Return the certificate in a file; None if it is missing, damaged, about to expire, or not that of the key."""
    try:
        stored = x509.load_pem_x509_certificate(file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        return None
    valid = stored.not_valid_after_utc > datetime.now(UTC) + timedelta(days=1)
    return stored if valid and key.public_key() == stored.public_key() else None


def _issue(files: Certificate, authority_key: Path, name: str, names: Collection[x509.GeneralName]) -> None:
    if _current(files.authority, authority_key) is None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _subject("Smart City lab authority")
        made = _builder(subject, subject, key).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        _store(authority_key, key, files.authority, made.add_extension(usage, critical=True).sign(key, hashes.SHA256()))
    signer = serialization.load_pem_private_key(authority_key.read_bytes(), None)
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{authority_key} is not the key that the lab created. Try: ./lab down, delete it, ./lab up")
    key = ec.generate_private_key(ec.SECP256R1())
    uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    made = _builder(_subject(name), authority.subject, key).add_extension(
        x509.SubjectAlternativeName(names), critical=False
    )
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    signed = made.add_extension(uses, critical=False).sign(signer, hashes.SHA256())
    _store(files.key, key, files.certificate, signed)


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _LIFE)
    )


def _store(key_file: Path, key: ec.EllipticCurvePrivateKey, file: Path, made: x509.Certificate) -> None:
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(key_file, secret.decode())
    write_private(file, made.public_bytes(serialization.Encoding.PEM).decode())
