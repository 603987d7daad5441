# SPDX-License-Identifier: Apache-2.0
"""Where do people and machines come in? The tables ``[console]`` and ``[machines]`` of ``steerclear.toml``.

    [console]                                     [machines]
    listen = "127.0.0.1:8443"                     listen = "0.0.0.0:7444"
    origin = "https://desk.tur.example:8443"      [machines.allowed.feed]
    certificate = "tls/console.pem"               certificate = "tls/feed.pem"
    key = "tls/console.key"                       desk = "air"

Without a certificate the console listens on a loopback address alone, where browsers treat ``*.localhost`` as
trustworthy; anywhere else it would carry sessions in clear.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from steerclear.errors import BadInput
from steerclear.model.member import desk_name
from steerclear.services.passkeys import Site

__all__ = ["ConsoleSettings", "MachineSettings", "read_console", "read_machines"]

_CONSOLE: Final = frozenset({"listen", "origin", "certificate", "key"})
_MACHINES: Final = frozenset({"listen", "allowed"})
_MACHINE: Final = frozenset({"certificate", "desk"})


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """``origin`` is what the browser shows; passkeys are bound to its host name.

    Trusted with who can come to the sign-in at all; whoever comes needs a passkey that was enrolled here.
    """

    host: str
    port: int
    origin: str
    certificate: Path | None = None
    key: Path | None = None

    @property
    def is_secure(self) -> bool:
        return self.origin.startswith("https://")

    def site(self, name: str) -> Site:
        return Site(rp_id=urlsplit(self.origin).hostname or "", origin=self.origin, name=name)

    def context(self) -> ssl.SSLContext | None:
        """Raises ``BadInput`` (``console-certificate``)."""
        if self.certificate is None or self.key is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            raise BadInput(
                "console-certificate",
                f"The console's certificate or its key cannot be used ({error}).",
                where=str(self.certificate),
                remedy="Give a PEM certificate that the desks' browsers trust, and its bare key.",
            ) from error
        return context


@dataclass(frozen=True, slots=True)
class MachineSettings:
    """``allowed``: of each machine its certificate (DER) and the one desk that it files for.

    Trusted with who may file in this member's name without a person: each such key is as good as a desk's.
    """

    host: str
    port: int
    certificates: Mapping[str, bytes]
    desks: Mapping[str, str]


def read_console(found: Mapping[str, Any] | None, *, member: str, folder: Path) -> ConsoleSettings | None:
    """Raises ``BadInput`` (``console-needs-tls``) and ``ValueError``, ``KeyError``, ``TypeError``."""
    if found is None:
        return None
    _require_known(found, _CONSOLE, "console")
    host, port = _address(found["listen"])
    certificate, key = found.get("certificate"), found.get("key")
    if (certificate is None) != (key is None):
        raise ValueError("console.certificate and console.key stand together")
    if certificate is None and not _is_loopback(host):
        raise BadInput(
            "console-needs-tls",
            f"The console would listen on {host} without a certificate, and carry sessions in clear.",
            where="console.listen",
            remedy="Name console.certificate and console.key, or listen on 127.0.0.1.",
        )
    scheme = "http" if certificate is None else "https"
    origin = str(found.get("origin", f"{scheme}://{member.lower()}.localhost:{port}"))
    parts = urlsplit(origin)
    if parts.scheme != scheme or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ValueError(f"console.origin is not of the form {scheme}://host:port")
    if _is_address(parts.hostname):
        raise ValueError("console.origin names a bare address, and passkeys are bound to a name")
    default = {"http": ":80", "https": ":443"}[scheme]
    return ConsoleSettings(
        host,
        port,
        # As a browser spells it (RFC 6454, 6.2).
        origin.lower().removesuffix(default),
        None if certificate is None else folder / str(certificate),
        None if key is None else folder / str(key),
    )


def read_machines(found: Mapping[str, Any] | None, *, folder: Path) -> MachineSettings | None:
    """Raises ``BadInput``, ``ValueError``, ``KeyError``, ``TypeError``."""
    if found is None:
        return None
    _require_known(found, _MACHINES, "machines")
    host, port = _address(found["listen"])
    certificates, desks = {}, {}
    for name, one in dict(found["allowed"]).items():
        _require_known(one, _MACHINE, f"machines.allowed.{name}")
        certificates[str(name)] = _der(folder / str(one["certificate"]))
        desks[str(name)] = str(desk_name(one["desk"]))
    return MachineSettings(host, port, certificates, desks)


def _der(path: Path) -> bytes:
    try:
        return ssl.PEM_cert_to_DER_cert(path.read_text(encoding="ascii"))
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error


def _address(text: Any) -> tuple[str, int]:
    host, _, port = str(text).rpartition(":")
    return host.strip("[]"), int(port)


def _require_known(found: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    unknown = sorted(set(found) - known)
    if unknown:
        raise ValueError(f"{where}.{unknown[0]} is no setting")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)
