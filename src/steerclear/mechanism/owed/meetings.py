# SPDX-License-Identifier: Apache-2.0
"""What is owed after talks and in doubt: action items by their owner, replies to a concern about a site."""

from __future__ import annotations

from collections.abc import Iterator

from steerclear.mechanism.affairs import SiteRecord
from steerclear.mechanism.meetings import MeetingRecord
from steerclear.mechanism.obligation import Debtor, Obligation
from steerclear.mechanism.owed.scene import Scene, short_name

__all__ = ["owed_on_concerns", "owed_on_meeting"]


def owed_on_meeting(scene: Scene, record: MeetingRecord) -> Iterator[Obligation]:
    """Each action item by its owner, until the owner or who gave it says that it is done."""
    for item in record.actions:
        body = item.given.body
        yield scene.owed(
            what="action",
            creditor=item.given.author,
            debtor=Debtor.of(body.owner or item.given.author),
            about=item.given.id,
            thing=record.id,
            words=f"Action {short_name(item.given)} of the meeting: {body.what[:200]}",
            due_at=body.due_at,
            met_at=item.done.at if item.done is not None else None,
        )


def owed_on_concerns(scene: Scene, record: SiteRecord) -> Iterator[Obligation]:
    """A reply by the time asked for: by the site's sender, or to the sender by whom it wrote to."""
    replies = [one for one in record.concerns if one.body.replies_to is not None]
    for concern in record.concerns:
        if concern.body.reply_by is None:
            continue
        asked = concern.to if concern.author == record.site.author else (record.site.author,)
        for member in scene.humans(asked):
            met = (r.at for r in replies if r.author == member and r.body.replies_to == concern.id)
            yield scene.owed(
                what="concern-reply",
                creditor=concern.author,
                debtor=Debtor.of(member),
                about=concern.id,
                thing=record.id,
                words=f"{concern.author} raises a concern about site {short_name(record.site)}: reply.",
                due_at=concern.body.reply_by,
                met_at=next(met, None),
            )
