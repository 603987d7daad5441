# SPDX-License-Identifier: Apache-2.0
"""How is a rung called by mail? One message, “call the desk”; the server's last reply is the answer.

RFC 5321; TLS from the first byte (RFC 8314) or STARTTLS (RFC 3207), the server's certificate always checked.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from contextlib import closing, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final, Literal

from steerclear.errors import BadInput, Unreachable
from steerclear.links.ways import CALL_THE_DESK, WaySettings, require_encrypted, secret_in

__all__ = ["SmtpWay"]

TIMEOUT_S: Final = 10.0
_TAKEN: Final = 250
_TRANSPORTS: Final = ("tls", "starttls", "none")


@dataclass(frozen=True, slots=True)
class SmtpWay:
    """``authority_file`` ``None`` trusts the machine's own certificate authorities."""

    host: str
    port: int
    transport: Literal["tls", "starttls", "none"]
    sender: str
    to: str
    user: str | None = None
    password: str | None = None
    authority_file: str | None = None

    @classmethod
    def of(cls, settings: WaySettings) -> SmtpWay:
        """Needs ``server`` (host:port), ``from``, ``to``; knows ``security``, ``user``, ``password_file``,
        ``authority_file``. Raises ``BadInput``."""
        terms = dict(settings.terms)
        transport = terms.get("security", "tls")
        try:
            host, _, port = terms["server"].rpartition(":")
            sender, to, number = terms["from"], terms["to"], int(port)
        except (KeyError, ValueError) as error:
            raise _bad_mail(settings, f"{type(error).__name__} {error}") from error
        if transport not in _TRANSPORTS:
            raise _bad_mail(settings, f"security is {transport[:20]}")
        if any(character in sender + to for character in "\r\n"):
            raise _bad_mail(settings, "an address has more than one line")
        require_encrypted(host, encrypted=transport != "none", where=settings.name)
        password = terms.get("password_file")
        return cls(
            host=host,
            port=number,
            transport=transport,  # type: ignore[arg-type]  # looked at just above
            sender=sender,
            to=to,
            user=terms.get("user"),
            password=secret_in(password, where=settings.name) if password is not None else None,
            authority_file=terms.get("authority_file"),
        )

    async def call(self) -> str:
        """Raises ``Unreachable`` (``mail-not-taken``)."""
        return await asyncio.to_thread(self._send)

    def _send(self) -> str:
        try:
            with closing(self._connected()) as server:
                if self.user is not None:
                    server.login(self.user, self.password or "")
                taken = self._hand_over(server)
                # It has been taken: whatever the server says to the farewell changes nothing.
                with suppress(OSError, smtplib.SMTPException):
                    server.quit()
                return taken
        except (OSError, smtplib.SMTPException) as error:
            raise _not_taken(_words(error)) from error

    def _connected(self) -> smtplib.SMTP:
        if self.transport == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=self._context())
        server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        if self.transport == "starttls":
            server.starttls(context=self._context())
        return server

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authority_file)

    def _hand_over(self, server: smtplib.SMTP) -> str:
        """Command by command, since only so the server's reply to the message itself is told."""
        server.ehlo_or_helo_if_needed()
        for reply in (server.mail(self.sender), server.rcpt(self.to), server.data(self._message())):
            code, said = reply[0], reply[1].decode("utf-8", "replace")
            if code // 10 * 10 != _TAKEN:
                raise _not_taken(f"{code} {said}")
        return f"{code} {said}"

    def _message(self) -> bytes:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, self.to, CALL_THE_DESK
        message.set_content(CALL_THE_DESK + "\n")
        return message.as_bytes(policy=SMTP)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    return f"{type(error).__name__} {error}"[:160]


def _not_taken(why: str) -> Unreachable:
    return Unreachable(
        "mail-not-taken",
        f"The mail server did not take the call: {why}.",
        remedy="Look at server, address and password of this way; the next way was tried.",
    )


def _bad_mail(settings: WaySettings, why: str) -> BadInput:
    return BadInput(
        "way-mail-form",
        f"The mail way {settings.name} cannot be used: {why}.",
        where=settings.name,
        remedy="Give server (host:port), from and to, and security as tls or starttls.",
    )
