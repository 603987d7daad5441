# SPDX-License-Identifier: Apache-2.0
"""Which verbs does a node know, and under which name do they stand in the API?

One table for the API and the typed client: the path, and the request that it takes. Every verb answers with
the receipts of what it filed; ``verbs_of`` binds each request to the function that does it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from steerclear.formats.places import Gazetteer
from steerclear.services import requests as ask
from steerclear.services.answer_notice import acknowledge, disseminate, unable
from steerclear.services.answers import Receipt
from steerclear.services.call_stop import answer, ask_ownership, call_stop, close_stop
from steerclear.services.change_notice import activate, go_cold, take_alternative, withdraw
from steerclear.services.confirm_log import confirm_log
from steerclear.services.file_notice import file_notices
from steerclear.services.ledger import Ledger
from steerclear.services.ratify import (
    end,
    propose,
    propose_annex,
    ratify,
    resume,
    suspend,
    withdraw_annex,
)
from steerclear.services.say import say
from steerclear.services.send_signal import answer_signal, read_back, send_signal

__all__ = ["PATHS", "Request", "Verb", "verbs_of"]

Verb = Callable[[Ledger, Any], tuple[Receipt, ...]]

Request = (
    ask.FileNotices
    | ask.TakeAlternative
    | ask.Withdraw
    | ask.Activate
    | ask.GoCold
    | ask.Acknowledge
    | ask.Disseminate
    | ask.Unable
    | ask.CallStop
    | ask.Answer
    | ask.CloseStop
    | ask.AskOwnership
    | ask.Say
    | ask.SendSignal
    | ask.ReadBack
    | ask.AnswerSignal
    | ask.Propose
    | ask.Ratify
    | ask.ProposeAnnex
    | ask.WithdrawAnnex
    | ask.SuspendMechanism
    | ask.ResumeMechanism
    | ask.EndMechanism
    | ask.ConfirmLog
)

PATHS: Final[dict[type[Request], str]] = {
    ask.FileNotices: "/v1/notices",
    ask.TakeAlternative: "/v1/alternatives",
    ask.Withdraw: "/v1/withdrawals",
    ask.Activate: "/v1/activations",
    ask.GoCold: "/v1/colds",
    ask.Acknowledge: "/v1/acknowledgements",
    ask.Disseminate: "/v1/disseminations",
    ask.Unable: "/v1/unables",
    ask.CallStop: "/v1/stops",
    ask.Answer: "/v1/answers",
    ask.CloseStop: "/v1/stop-closings",
    ask.AskOwnership: "/v1/ownership-questions",
    ask.Say: "/v1/statements",
    ask.SendSignal: "/v1/signals",
    ask.ReadBack: "/v1/read-backs",
    ask.AnswerSignal: "/v1/signal-answers",
    ask.Propose: "/v1/proposals",
    ask.Ratify: "/v1/ratifications",
    ask.ProposeAnnex: "/v1/annex-proposals",
    ask.WithdrawAnnex: "/v1/annex-withdrawals",
    ask.SuspendMechanism: "/v1/suspensions",
    ask.ResumeMechanism: "/v1/resumptions",
    ask.EndMechanism: "/v1/endings",
    ask.ConfirmLog: "/v1/log-confirmations",
}


def verbs_of(places: Gazetteer) -> Mapping[type[Request], Verb]:
    """What does each request; those that read places get the gazetteer."""
    return {
        ask.FileNotices: partial(file_notices, places=places),
        ask.TakeAlternative: take_alternative,
        ask.Withdraw: withdraw,
        ask.Activate: activate,
        ask.GoCold: go_cold,
        ask.Acknowledge: acknowledge,
        ask.Disseminate: disseminate,
        ask.Unable: unable,
        ask.CallStop: partial(call_stop, places=places),
        ask.Answer: answer,
        ask.CloseStop: close_stop,
        ask.AskOwnership: partial(ask_ownership, places=places),
        ask.Say: partial(say, places=places),
        ask.SendSignal: send_signal,
        ask.ReadBack: read_back,
        ask.AnswerSignal: answer_signal,
        ask.Propose: propose,
        ask.Ratify: ratify,
        ask.ProposeAnnex: propose_annex,
        ask.WithdrawAnnex: withdraw_annex,
        ask.SuspendMechanism: suspend,
        ask.ResumeMechanism: resume,
        ask.EndMechanism: end,
        ask.ConfirmLog: confirm_log,
    }
