# SPDX-License-Identifier: Apache-2.0
"""Who may sit at this node's console? Invitations, passkeys and sessions, and when each of them ends.

    invite ──► one-time link, an hour ──► enrol (a passkey is made) ──► session, twelve hours
    sign in: a fresh challenge, once, two minutes ──► the passkey signs it ──► session

    restored from a backup ──► places are held: nobody signs in before the operator says who still has his

Kept are roles, desks and public keys: never a person's name. Of tokens only their SHA-256 is kept, so that
who reads the database cannot come in. Times are the machine's own, in ms: a drill's clock may run sixty times
as fast, and a watch does not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from steerclear.errors import BadInput, Refused
from steerclear.model.member import desk_name
from steerclear.services.challenges import Challenges
from steerclear.services.passkeys import (
    Passkey,
    Site,
    assertion_options,
    credential_id_of,
    decoded,
    encoded,
    registered,
    registration_options,
    verified,
)
from steerclear.services.roles import Speaker, SpeakerRole, role_named

__all__ = ["INVITATION_MS", "SESSION_MS", "Invited", "People", "Person"]

INVITATION_MS: Final = 3_600_000
SESSION_MS: Final = 12 * 3_600_000

MOST_SESSIONS: Final = 500
MOST_SESSIONS_OF_ONE: Final = 8
MOST_INVITATIONS: Final = 100
MOST_PEOPLE: Final = 500


@dataclass(frozen=True, slots=True)
class Person:
    """A place at the console: ``id`` is random, ``key`` and ``public`` (COSE) are base64url.

    ``is_held``: it came out of a backup, and may have been ended since that was taken.
    """

    id: str
    role: SpeakerRole
    desk: str | None
    key: str
    public: str
    count: int
    since_ms: int
    is_held: bool = False

    @property
    def speaker(self) -> Speaker:
        return Speaker(self.id, self.role, self.desk)

    @property
    def passkey(self) -> Passkey:
        return Passkey(decoded(self.key), decoded(self.public), self.count)


@dataclass(frozen=True, slots=True)
class Invited:
    """``token`` is shown once, in the link."""

    token: str
    role: SpeakerRole
    desk: str | None
    until_ms: int


@dataclass(frozen=True, slots=True)
class _Invitation:
    hash: str
    role: SpeakerRole
    desk: str | None
    until_ms: int


@dataclass(frozen=True, slots=True)
class _Session:
    hash: str
    person: str
    until_ms: int


class People:
    """The people of one node in one mechanism. Pure but for chance: whoever holds it keeps ``printed``."""

    def __init__(self, site: Site, random: Callable[[int], bytes], kept: bytes | None = None) -> None:
        self._site = site
        self._random = random
        self._people: dict[str, Person] = {}
        self._invitations: dict[str, _Invitation] = {}
        self._sessions: dict[str, _Session] = {}
        self._challenges = Challenges(random)
        if kept:
            self._recall(json.loads(kept))

    @property
    def site(self) -> Site:
        return self._site

    def printed(self) -> bytes:
        """All of it but the challenges, which a restart ends."""
        parts = {
            "people": [asdict(one) for one in self._people.values()],
            "invitations": [asdict(one) for one in self._invitations.values()],
            "sessions": [asdict(one) for one in self._sessions.values()],
        }
        return json.dumps(parts, separators=(",", ":")).encode()

    def _recall(self, kept: dict[str, Any]) -> None:
        self._people = {one["id"]: Person(**one) for one in kept["people"]}
        self._invitations = {one["hash"]: _Invitation(**one) for one in kept["invitations"]}
        self._sessions = {one["hash"]: _Session(**one) for one in kept["sessions"]}

    def hold(self) -> None:
        """This node was restored: sessions and invitations end, and every place waits to be confirmed."""
        self._people = {place: replace(one, is_held=True) for place, one in self._people.items()}
        self._invitations.clear()
        self._sessions.clear()

    def confirm(self, id: str) -> Person:  # noqa: A002 - the field's own name
        """Whoever held this place when the backup was taken still has it. Raises ``BadInput``
        (``person-unknown``)."""
        self._people[id] = replace(self.of(id), is_held=False)
        return self._people[id]

    # ---- coming in for the first time ----------------------------------------------------------------

    def invite(self, role: str, desk: str | None, now_ms: int) -> Invited:
        """Raises ``BadInput`` (``role-unknown``, ``role-needs-desk``), ``Refused`` (``too-many-people``)."""
        named = role_named(role)
        if named == "duty-officer" and desk is None:
            raise BadInput(
                "role-needs-desk",
                "A duty officer is invited to one desk, and none was named.",
                where="desk",
                remedy="Name the desk, as --desk air.",
            )
        self._forget_what_ended(now_ms)
        if len(self._invitations) >= MOST_INVITATIONS or len(self._people) >= MOST_PEOPLE:
            raise Refused(
                "too-many-people",
                f"{len(self._people)} people and {len(self._invitations)} open invitations are enough.",
                remedy="Remove those who have left, or wait until the open invitations have run out.",
            )
        token = encoded(self._random(32))
        invitation = _Invitation(
            _hash(token), named, desk_name(desk) if desk is not None else None, now_ms + INVITATION_MS
        )
        self._invitations[invitation.hash] = invitation
        return Invited(token, named, invitation.desk, invitation.until_ms)

    def enrolment(self, token: str, now_ms: int) -> dict[str, Any]:
        """Options for making a passkey. Raises ``Refused`` (``invitation-not-open``)."""
        invitation = self._invitation(token, now_ms)
        label = invitation.role if invitation.desk is None else f"{invitation.role}, {invitation.desk} desk"
        return registration_options(
            self._site,
            challenge=self._challenges.fresh(now_ms),
            # Two passkeys of one person are two places: nothing here could say that they are one.
            handle=self._random(16),
            label=label,
            known=[one.passkey.id for one in self._people.values()],
        )

    def enrol(self, token: str, credential: dict[str, Any], now_ms: int) -> tuple[Person, str]:
        """The new person and the token of a session. The invitation is spent, whatever comes after."""
        invitation = self._invitation(token, now_ms)
        challenge = self._open_challenge(credential, now_ms)
        passkey = registered(credential, self._site, challenge=challenge)
        self._challenges.answer(challenge, now_ms)
        if any(one.passkey.id == passkey.id for one in self._people.values()):
            raise Refused(
                "passkey-known",
                "This passkey has a place at this console already.",
                where="credential",
                remedy="Sign in with it, or make another.",
            )
        del self._invitations[invitation.hash]
        person = Person(
            id=self._random(6).hex(),
            role=invitation.role,
            desk=invitation.desk,
            key=encoded(passkey.id),
            public=encoded(passkey.public),
            count=passkey.count,
            since_ms=now_ms,
        )
        self._people[person.id] = person
        return person, self._session_of(person, now_ms)

    def _invitation(self, token: str, now_ms: int) -> _Invitation:
        found = self._invitations.get(_hash(token))
        if found is None or found.until_ms <= now_ms:
            raise Refused(
                "invitation-not-open",
                "This invitation was used, has run out, or was never made here.",
                where="token",
                remedy="Ask for a new one: steerclear console invite.",
            )
        return found

    # ---- sessions ------------------------------------------------------------------------------------

    def sign_in_options(self, now_ms: int) -> dict[str, Any]:
        return assertion_options(self._site, challenge=self._challenges.fresh(now_ms))

    def sign_in(self, credential: dict[str, Any], now_ms: int) -> tuple[Person, str]:
        """Raises ``Refused`` (``passkey-not-known``, ``challenge-not-open``, ``passkey-not-accepted``,
        ``place-held``)."""
        challenge = self._open_challenge(credential, now_ms)
        person = self.use(credential, challenge)
        self._challenges.answer(challenge, now_ms)
        if person.is_held:
            raise Refused(
                "place-held",
                "This node came back from a backup, and nobody has said yet that this place is still yours.",
                where=person.id,
                remedy=f"Have it confirmed at the node's machine: steerclear console confirm {person.id}",
            )
        return person, self._session_of(person, now_ms)

    def use(self, credential: dict[str, Any], challenge: bytes) -> Person:
        """Whose passkey has signed this challenge; its counter moves on."""
        used = encoded(credential_id_of(credential))
        person = next((one for one in self._people.values() if one.key == used), None)
        if person is None:
            raise Refused(
                "passkey-not-known",
                "This passkey has no place at this console.",
                where="credential",
                remedy="Be invited: steerclear console invite.",
            )
        passkey = verified(credential, self._site, person.passkey, challenge=challenge)
        person = replace(person, count=passkey.count)
        self._people[person.id] = person
        return person

    def _session_of(self, person: Person, now_ms: int) -> str:
        self._forget_what_ended(now_ms)
        # Who signs in again and again ends his own first session, and nobody else's.
        own = [one for one in self._sessions.values() if one.person == person.id]
        if len(own) >= MOST_SESSIONS_OF_ONE:
            del self._sessions[own[0].hash]
        elif len(self._sessions) >= MOST_SESSIONS:
            del self._sessions[min(self._sessions.values(), key=lambda one: one.until_ms).hash]
        token = encoded(self._random(32))
        self._sessions[_hash(token)] = _Session(_hash(token), person.id, now_ms + SESSION_MS)
        return token

    def speaker_of(self, token: str | None, now_ms: int) -> Speaker | None:
        """Whose session this is; ``None`` where it is nobody's, or over."""
        session = self._sessions.get(_hash(token)) if token else None
        if session is None or session.until_ms <= now_ms:
            return None
        person = self._people.get(session.person)
        return person.speaker if person is not None else None

    def ends_ms(self, token: str) -> int:
        return self._sessions[_hash(token)].until_ms

    def sign_out(self, token: str) -> None:
        self._sessions.pop(_hash(token), None)

    def of(self, id: str) -> Person:  # noqa: A002 - the field's own name
        """Raises ``BadInput`` (``person-unknown``)."""
        found = self._people.get(id)
        if found is None:
            raise BadInput(
                "person-unknown",
                f"Nobody has the place “{id[:24]}” at this console.",
                where="person",
                remedy="Name one that the list of people shows.",
            )
        return found

    def everybody(self) -> tuple[Person, ...]:
        return tuple(self._people.values())

    def remove(self, id: str) -> Person:  # noqa: A002 - the field's own name
        """End a place and all its sessions at once."""
        person = self.of(id)
        del self._people[id]
        self._sessions = {key: one for key, one in self._sessions.items() if one.person != id}
        return person

    def _open_challenge(self, credential: dict[str, Any], now_ms: int) -> bytes:
        """The challenge that the answer names. Raises ``Refused`` (``challenge-not-open``)."""
        challenge = _challenge_in(credential)
        if not self._challenges.is_open(challenge, now_ms):
            raise Refused(
                "challenge-not-open",
                "This answer is to a question that this node did not ask, or that was answered, or too late.",
                where="credential",
                remedy="Ask for fresh options and make the gesture again.",
            )
        return challenge

    def _forget_what_ended(self, now_ms: int) -> None:
        self._invitations = {key: one for key, one in self._invitations.items() if one.until_ms > now_ms}
        self._sessions = {key: one for key, one in self._sessions.items() if one.until_ms > now_ms}


def _challenge_in(credential: dict[str, Any]) -> bytes:
    response = credential.get("response")
    told = response.get("clientDataJSON") if isinstance(response, dict) else None
    try:
        client = json.loads(decoded(told)) if isinstance(told, str) else None
        named = client.get("challenge") if isinstance(client, dict) else None
    except (ValueError, RecursionError):
        named = None
    if not isinstance(named, str):
        raise BadInput(
            "passkey-form",
            "What was sent is not what a browser answers for a passkey.",
            where="credential",
            remedy="Send PublicKeyCredential.toJSON() as it is.",
        )
    return decoded(named)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
