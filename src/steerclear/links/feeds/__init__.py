# SPDX-License-Identifier: Apache-2.0
"""Where tracks come from, streams, listeners and files, and where our own are sent to."""

from steerclear.links.feeds.feed import Feed, FeedRow
from steerclear.links.feeds.polled import fetch_aircraft
from steerclear.links.feeds.sending import send_to
from steerclear.links.feeds.streams import follow_tcp, listen_tcp, listen_udp

__all__ = ["Feed", "FeedRow", "fetch_aircraft", "follow_tcp", "listen_tcp", "listen_udp", "send_to"]
