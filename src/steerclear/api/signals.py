# SPDX-License-Identifier: Apache-2.0
"""Signals: one code, one meaning; sent, read back, answered, and shown in the reader's language."""

from __future__ import annotations

from fastapi import APIRouter

from steerclear.api.looks import Language
from steerclear.api.speaking import Spoken
from steerclear.api.verbs import add_verbs
from steerclear.node import Node
from steerclear.services import requests as ask
from steerclear.services.roles import require_may
from steerclear.services.signal_catalogue import CatalogueShown, signal_catalogue
from steerclear.services.signals_shown import SignalRow

__all__ = ["signals"]


def signals(node: Node) -> APIRouter:
    router = APIRouter(tags=["signals"])
    add_verbs(router, node, ask.SendSignal, ask.ReadBack, ask.AnswerSignal)

    @router.get("/v1/signals", summary="The signals at this node, newest first")
    async def shown(speaker: Spoken, language: Language = "en") -> tuple[SignalRow, ...]:
        require_may(speaker, "look")
        return await node.signals(language)

    @router.get("/v1/signal-catalogue", summary="Every signal that there is, in six languages")
    async def catalogue(speaker: Spoken) -> CatalogueShown:
        require_may(speaker, "look")
        return signal_catalogue()

    return router
