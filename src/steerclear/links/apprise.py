# SPDX-License-Identifier: Apache-2.0
"""How is a rung called by any service that Apprise knows? An extra: ``steerclear[apprise]``."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from steerclear.errors import BadInput, Unreachable
from steerclear.links.ways import CALL_THE_DESK, WaySettings, secret_in

__all__ = ["AppriseWay"]


@dataclass(frozen=True, slots=True)
class AppriseWay:
    """``url`` is a service URL of Apprise; it holds that service's secrets."""

    url: str

    @classmethod
    def of(cls, settings: WaySettings) -> AppriseWay:
        """Needs ``url_file``. Raises ``BadInput`` (``way-apprise-form``)."""
        path = settings.terms.get("url_file")
        if path is None:
            raise BadInput(
                "way-apprise-form",
                f"The Apprise way {settings.name} names no url_file.",
                where=settings.name,
                remedy="Write the URL of the service, which holds its secrets, into a file: url_file.",
            )
        return cls(secret_in(path, where=settings.name))

    async def call(self) -> str:
        """Raises ``Unreachable`` (``apprise-missing``, ``apprise-not-taken``)."""
        try:
            import apprise
        except ImportError as error:
            raise Unreachable(
                "apprise-missing",
                "A way goes by Apprise, and Apprise is not installed here.",
                remedy="Install the extra: pip install 'steerclear[apprise]'.",
            ) from error
        service = apprise.Apprise()
        if not service.add(self.url) or not await asyncio.to_thread(
            service.notify, body=CALL_THE_DESK, title=CALL_THE_DESK
        ):
            raise Unreachable(
                "apprise-not-taken",
                "The service behind Apprise did not take the call.",
                remedy="Try its URL with the command apprise; the next way was tried.",
            )
        return "taken"
