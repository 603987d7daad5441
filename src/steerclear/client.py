# SPDX-License-Identifier: Apache-2.0
"""How does a program speak to a running node? Typed requests in, typed answers out.

    NodeClient(folder)                       over the node's socket: everything
    NodeClient(HttpsNode(url, …))            over its machines' listener, under a certificate of one's own

The node's own errors come back as the same errors; a node that is not running is ``Unreachable``.
"""

from __future__ import annotations

import dataclasses
import json
import os
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import httpx
from pydantic import TypeAdapter

from steerclear.errors import (
    STATUS_BY_CODE,
    BadInput,
    NotKept,
    NotVerified,
    Refused,
    SteerclearError,
    Unreachable,
)
from steerclear.services.annexes_shown import AnnexShown
from steerclear.services.answers import (
    AffairRow,
    BlindDayRow,
    Carried,
    Compared,
    Inbox,
    KeysShown,
    KindRow,
    NoticeRow,
    ReadOut,
    Receipt,
    RootAsked,
    SiteCheckRow,
    Status,
    StopRow,
)
from steerclear.services.backup import Backup, TakeBackup
from steerclear.services.backup_check import CheckedBackup
from steerclear.services.console_answers import InvitationShown, NoticeCheck, PersonRow, SessionShown
from steerclear.services.live_rows import TracksShown
from steerclear.services.map_answers import DraftCheck, PictureShown
from steerclear.services.past_answers import MomentsShown, PastShown
from steerclear.services.requests import FileNotices, NameKeys, RevokeKeys, Succeed
from steerclear.services.signal_catalogue import CatalogueShown
from steerclear.services.signals_shown import SignalRow
from steerclear.services.statistics import StatisticsShown
from steerclear.services.verbs import PATHS, Request

__all__ = ["HttpsNode", "Moved", "NodeClient"]

LONGEST_SOCKET_PATH: Final = 100
"""As in ``api.serving``: sockaddr_un holds 108 bytes on Linux and less elsewhere (unix(7))."""

_ROOT_PATHS: Final[dict[type, str]] = {
    NameKeys: "/api/v1/key-namings",
    RevokeKeys: "/api/v1/key-revocations",
    Succeed: "/api/v1/successions",
}
PATIENCE_S: Final = 60.0
"""A screening of many notices may take long; a person waits for it rather than file twice."""

HEARTBEAT_S: Final = 15.0
"""As the node sends them between events; two that do not come are a dead line."""

_EVENTS: Final = "/api/v1/events"

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Moved:
    """Something at the node has moved: look again. ``kind`` and ``data`` as docs/api.md says."""

    id: str
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HttpsNode:
    """A node that is spoken to over its machines' listener, as ``https://host:port``.

    ``certificate`` and ``key`` (PEM) are our own, as the node's settings name them; ``node_certificate`` is
    the node's ``tls/certificate.der``: exactly this one is believed.
    """

    url: str
    certificate: Path
    key: Path
    node_certificate: Path

    def context(self) -> ssl.SSLContext:
        """Raises ``BadInput`` (``client-certificate``)."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False  # the certificate itself is pinned; addresses may change
        try:
            context.load_cert_chain(self.certificate, self.key)
            context.load_verify_locations(cadata=self.node_certificate.read_bytes())
        except (OSError, ssl.SSLError) as error:
            raise BadInput(
                "client-certificate",
                f"The certificates of this connection cannot be used ({error}).",
                where=str(self.certificate),
                remedy="Give our own certificate and key in PEM, and the node's tls/certificate.der.",
            ) from error
        return context


class NodeClient:
    """A connection to the node in a folder, or at an address. Raises what the node raised, or
    ``Unreachable``."""

    def __init__(self, node: Path | HttpsNode, *, patience_s: float = PATIENCE_S) -> None:
        self._socket: Path | None = None
        if isinstance(node, HttpsNode):
            self._where = node.url
            self._http = httpx.Client(
                base_url=node.url,
                verify=node.context(),
                timeout=patience_s,
                trust_env=False,
                follow_redirects=False,
            )
            return
        self._socket = node / "api.sock"
        self._where = str(self._socket)
        if len(os.fsencode(self._socket)) > LONGEST_SOCKET_PATH:
            raise BadInput(
                "socket-path-too-long",
                f"The path of the node's socket has more than {LONGEST_SOCKET_PATH} bytes.",
                where=str(self._socket),
                remedy="Move the node's folder to a shorter path, or name it from the folder above it.",
            )
        transport = httpx.HTTPTransport(uds=str(self._socket))
        self._http = httpx.Client(transport=transport, base_url="http://node", timeout=patience_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def do(self, request: Request, *, once: str | None = None) -> tuple[Receipt, ...]:
        """Have the node do what ``request`` says; the receipts of what it filed.

        ``once``: a fresh key (a UUID) under which the same request can be sent again after a lost answer; it
        is filed once, and both get the same receipts.
        """
        headers = {} if once is None else {"idempotency-key": once}
        path = f"/api{PATHS[type(request)]}"
        return self._answer("POST", path, tuple[Receipt, ...], _body(request), headers=headers)

    def check(self, request: FileNotices) -> NoticeCheck:
        """Ask the gate and file nothing; raises what filing it would raise."""
        return self._answer("POST", "/api/v1/notice-checks", NoticeCheck, _body(request))

    def own_check(self, request: FileNotices) -> DraftCheck:
        """All that the gate would say of a draft, what it meets, and the nearest ways out; files nothing."""
        return self._answer("POST", "/api/v1/own-checks", DraftCheck, _body(request))

    def picture(self) -> PictureShown:
        """Every area that the node can read, as rings that a chart can draw."""
        return self._answer("GET", "/api/v1/picture", PictureShown)

    def tracks(self) -> TracksShown:
        """The live picture of the node: tracks, alarms, and how its feeds are."""
        return self._answer("GET", "/api/v1/tracks", TracksShown)

    def flies(self, track: str, notice: str | None) -> TracksShown:
        """Say which notice of ours a track of ours flies; ``None``: none any longer."""
        body = json.dumps({"track": track, "notice": notice}).encode()
        return self._answer("POST", "/api/v1/flown", TracksShown, body)

    def past(self, at: str) -> PastShown:
        """What the node knew at a moment of the past, by its own record."""
        return self._answer("GET", "/api/v1/past", PastShown, query={"at": at})

    def moments(self, *, about: str | None = None, at: str | None = None) -> MomentsShown:
        """The moments of an incident, or of the days around an instant."""
        asked = {"about": about, "at": at}
        query = {name: value for name, value in asked.items() if value is not None}
        return self._answer("GET", "/api/v1/moments", MomentsShown, query=query)

    def kinds(self) -> tuple[KindRow, ...]:
        """What can be said in fields (``Say``), and each field."""
        return self._answer("GET", "/api/v1/kinds", tuple[KindRow, ...])

    def session(self) -> SessionShown:
        """Who this client is at the node."""
        return self._answer("GET", "/api/v1/session", SessionShown)

    def invite(self, role: str, desk: str | None = None) -> InvitationShown:
        """A one-time link to a place at the console."""
        body = json.dumps({"role": role, "desk": desk}).encode()
        return self._answer("POST", "/api/v1/invitations", InvitationShown, body)

    def people(self) -> tuple[PersonRow, ...]:
        """Who has a place at the console."""
        return self._answer("GET", "/api/v1/people", tuple[PersonRow, ...])

    def remove(self, person: str) -> PersonRow:
        """End a place at the console and its sessions, at once."""
        body = json.dumps({"person": person}).encode()
        return self._answer("POST", "/api/v1/removals", PersonRow, body)

    def confirm_place(self, person: str) -> PersonRow:
        """After a restore: whoever has this place's passkey still has the place."""
        body = json.dumps({"person": person}).encode()
        return self._answer("POST", "/api/v1/confirmed-places", PersonRow, body)

    def events(self, last: str | None = None) -> Iterator[Moved]:
        """What moves, as it moves; ``last`` is the id of the newest that was seen. It ends, or raises
        ``Unreachable``, when the line is cut: call again with the last id, and nothing is missed."""
        headers = {} if last is None else {"last-event-id": last}
        self._require_running()
        try:
            # Two heartbeats that do not come are a dead line.
            with self._http.stream(
                "GET", "/api/v1/events", headers=headers, timeout=2 * HEARTBEAT_S
            ) as reply:
                if reply.is_error:
                    reply.read()
                    raise _error_of(reply)
                yield from _moved(reply.iter_lines())
        except httpx.TransportError as error:
            raise self._lost() from error

    def ask_root(self, request: NameKeys | RevokeKeys | Succeed) -> RootAsked:
        """What the root is to sign, so that these keys are named, or revoked, or the log begun anew."""
        return self._answer("POST", _ROOT_PATHS[type(request)], RootAsked, _body(request))

    def take_signed(self, request: bytes) -> tuple[Receipt, ...]:
        """Hand the node a request that came back from the root keys."""
        return self._answer("POST", "/api/v1/root-requests", tuple[Receipt, ...], request)

    def back_up(self, request: TakeBackup) -> Backup:
        """Have the node write a backup of itself; it counts when it was read back, and that was told."""
        return self._answer("POST", "/api/v1/backups", Backup, _body(request))

    def note_backup(self, folder: Path) -> CheckedBackup:
        """The record in this backup verified; the node tries its openings and remembers it."""
        body = json.dumps({"folder": str(folder)}).encode()
        return self._answer("POST", "/api/v1/verified-backups", CheckedBackup, body)

    def keys(self, member: str | None = None) -> KeysShown:
        return self._answer(
            "GET", "/api/v1/keys", KeysShown, query={} if member is None else {"member": member}
        )

    def status(self) -> Status:
        return self._answer("GET", "/api/v1/status", Status)

    def inbox(self, desk: str | None = None) -> Inbox:
        return self._answer("GET", "/api/v1/inbox", Inbox, query={} if desk is None else {"desk": desk})

    def notice(self, about: str) -> NoticeRow:
        return self._answer("GET", "/api/v1/notice", NoticeRow, query={"about": about})

    def notice_form(self, about: str) -> bytes:
        """The newest version of a notice as GeoJSON, as it would be filed again."""
        return self._send("GET", "/api/v1/notice-form", None, {"about": about}).content

    def stop(self, about: str) -> StopRow:
        return self._answer("GET", "/api/v1/stop", StopRow, query={"about": about})

    def affairs(self, sort: str | None = None) -> tuple[AffairRow, ...]:
        """What stands beside the notices, oldest first; of one sort where it is named."""
        query = {} if sort is None else {"sort": sort}
        return self._answer("GET", "/api/v1/affairs", tuple[AffairRow, ...], query=query)

    def affair(self, about: str) -> AffairRow:
        return self._answer("GET", "/api/v1/affair", AffairRow, query={"about": about})

    def blind(self) -> tuple[BlindDayRow, ...]:
        """How every day stands that is compared blind with another party."""
        return self._answer("GET", "/api/v1/blind", tuple[BlindDayRow, ...])

    def site_checks(self) -> tuple[SiteCheckRow, ...]:
        """How own notices stand that are held against protected sites which nobody shows."""
        return self._answer("GET", "/api/v1/blind-sites", tuple[SiteCheckRow, ...])

    def blind_opening(self, other: str, day: str, attempt: int) -> bytes:
        """What an audit of one attempt needs, sealed to the member's offline keys."""
        asked = {"other": other, "day": day, "attempt": str(attempt)}
        return self._send("GET", "/api/v1/blind-opening", None, asked).content

    def blind_case(self, other: str, day: str, *, whole: bool = False) -> bytes:
        """What an inquiry into a day of blind checks is shown, beside the opening; ``day``: 2025-04-10."""
        asked = {"other": other, "day": day, "whole": str(whole).lower()}
        return self._send("GET", "/api/v1/blind-case", None, asked).content

    def annexes(self) -> tuple[AnnexShown, ...]:
        """Every annex on the table, oldest first, with its document."""
        return self._answer("GET", "/api/v1/annexes", tuple[AnnexShown, ...])

    def signals(self, language: str = "en") -> tuple[SignalRow, ...]:
        """The signals at this node, newest first, as a reader of ``language`` is to see them."""
        return self._answer("GET", "/api/v1/signals", tuple[SignalRow, ...], query={"language": language})

    def statistics(self, month: str | None = None) -> StatisticsShown:
        """The figures of a month (``2026-10``; this one if left out): the own, and the shared ones."""
        query = {} if month is None else {"month": month}
        return self._answer("GET", "/api/v1/statistics", StatisticsShown, query=query)

    def calendar(self) -> bytes:
        """Meetings, action items, agreed checks of the line and drills as an iCalendar file."""
        return self._send("GET", "/api/v1/calendar", None, {}).content

    def signal_catalogue(self) -> CatalogueShown:
        return self._answer("GET", "/api/v1/signal-catalogue", CatalogueShown)

    def proof(self, about: str) -> bytes:
        """The ``.tlog-proof`` file of an entry that is RECORDED."""
        return self._send("GET", "/api/v1/proof", None, {"about": about}).content

    def incident(self, about: str) -> bytes:
        """The file of an incident: every statement about it, and in its hours, with its proof."""
        return self._send("GET", "/api/v1/incident", None, {"about": about}).content

    def opening(self, about: str) -> bytes:
        """What a sealed entry that is RECORDED says, as a file for a third person."""
        return self._send("GET", "/api/v1/opening", None, {"about": about}).content

    def read_out(self, member: str | None = None) -> ReadOut:
        """A member's log as it stands at this node, in words for the telephone; without a name the own."""
        query = {} if member is None else {"member": member}
        return self._answer("GET", "/api/v1/checkpoint", ReadOut, query=query)

    def compare(self, member: str, size: int, heard: str) -> Compared:
        """Whether the words that were heard are those of ``member``'s log at ``size``, as it came here."""
        query = {"member": member, "size": str(size), "heard": heard}
        return self._answer("GET", "/api/v1/checkpoint/heard", Compared, query=query)

    def take_carried(self, bundle: bytes) -> Carried:
        """Hand the node a bundle that came by hand."""
        return self._answer("POST", "/api/v1/bundles", Carried, bundle)

    def openings(self) -> bytes:
        """Everything that came sealed to this node and could be opened there, in plain words."""
        return self._send("GET", "/api/v1/openings", None, {}).content

    def replica(self) -> bytes:
        """Everything this node holds of every log, as one bundle file that ``steerclear verify`` reads."""
        return self._send("GET", "/api/v1/replica", None, {}).content

    def _answer(
        self,
        method: str,
        path: str,
        kind: type[Answer],
        body: bytes | None = None,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        reply = self._send(method, path, body, query or {}, headers)
        answer: Answer = TypeAdapter(kind).validate_json(reply.content)
        return answer

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        query: dict[str, str],
        more: dict[str, str] | None = None,
    ) -> httpx.Response:
        headers = dict(more or {})
        if body is not None:
            headers["content-type"] = "application/json"
        self._require_running()
        try:
            reply = self._http.request(method, path, content=body, params=query, headers=headers)
        except httpx.TransportError as error:
            raise self._lost() from error
        if reply.is_error:
            raise _error_of(reply)
        return reply

    def _lost(self) -> Unreachable:
        return Unreachable(
            "node-answer-lost",
            "The node's answer did not come; what was asked may or may not have been done.",
            where=self._where,
            remedy="Look with steerclear status before you do it again.",
        )

    def is_running(self) -> bool:
        """Is anybody there? Asked by hand, because the library leaves its socket open when nobody is."""
        if self._socket is None:
            return True  # over the network only the call itself can tell
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.connect(str(self._socket))
        except OSError:
            return False
        return True

    def _require_running(self) -> None:
        if self._socket is not None and not self.is_running():
            raise Unreachable(
                "node-not-running",
                "No node answers here.",
                where=str(self._socket),
                remedy=f"Start it with: steerclear serve --node {self._socket.parent}",
            )


def _body(request: Any) -> bytes:
    try:
        return json.dumps(dataclasses.asdict(request), ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise BadInput(
            "not-unicode",
            "What was given holds bytes that are no text.",
            where=type(request).__name__,
            remedy="Type it again in UTF-8; nothing was sent.",
        ) from error


_BY_STATUS: Final[dict[int, type[SteerclearError]]] = {
    kind.HTTP_STATUS: kind for kind in (BadInput, Refused, Unreachable, NotVerified, NotKept)
} | dict(STATUS_BY_CODE.values())


def _error_of(reply: httpx.Response) -> SteerclearError:
    """The error that the node raised, from its problem document (RFC 9457)."""
    try:
        problem = reply.json()
        code, what, remedy = problem["code"], problem["title"], problem["remedy"]
        kind = _BY_STATUS[reply.status_code]
    except (ValueError, KeyError, TypeError) as error:
        raise Unreachable(
            "node-answer-unknown",
            f"The node answered with status {reply.status_code} and words that this client does not know.",
            remedy="Use the client and the node of the same version.",
        ) from error
    return kind(code, what, where=problem.get("where"), remedy=remedy)


def _moved(lines: Iterable[str]) -> Iterator[Moved]:
    """Server-sent events as this API writes them: one line each of id, event and data."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
        elif "data" in fields:
            yield Moved(fields["id"], fields["event"], json.loads(fields["data"]))
            fields = {}
