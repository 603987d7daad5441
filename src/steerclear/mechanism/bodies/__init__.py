# SPDX-License-Identifier: Apache-2.0
"""The bodies of statements: one frozen dataclass for each kind, written and read strictly."""

from steerclear.mechanism.bodies.affairs import *  # noqa: F403 - hands on every body by name
from steerclear.mechanism.bodies.blind import *  # noqa: F403 - hands on every body by name
from steerclear.mechanism.bodies.blind_sites import *  # noqa: F403 - hands on every body by name
from steerclear.mechanism.bodies.calls import *  # noqa: F403 - hands on every body by name
from steerclear.mechanism.bodies.civil import *  # noqa: F403 - hands on every body by name
from steerclear.mechanism.bodies.exchange import *  # noqa: F403 - hands on every body by name
from steerclear.mechanism.bodies.kinds import KINDS, Body, Kind, Target, Who, body_of, kind_of, read_body
from steerclear.mechanism.bodies.meetings import *  # noqa: F403 - hands on every body by name
from steerclear.mechanism.bodies.notices import *  # noqa: F403 - hands on every body by name
from steerclear.mechanism.bodies.screening import *  # noqa: F403 - hands on every body by name
from steerclear.mechanism.bodies.tracks import *  # noqa: F403 - hands on every body by name
from steerclear.record.heard import Heard

__all__ = ["KINDS", "Body", "Heard", "Kind", "Target", "Who", "body_of", "kind_of", "read_body"]
