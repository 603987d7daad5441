# SPDX-License-Identifier: Apache-2.0
"""What is one node made of? The one place that reads settings, names concrete classes, and joins them."""

from steerclear.links.keystore import Passphrase, Protection, Unencrypted
from steerclear.links.token import TokenSettings
from steerclear.node.folder import (
    back_up_at_rest,
    begin,
    carry_root_away,
    change_protection,
    compose,
    create_node,
    forget_machine,
    node_at_rest,
    open_node,
    restore_node,
)
from steerclear.node.running import Node
from steerclear.node.settings import DrillTime, Settings, drill_time, read_settings

__all__ = [
    "DrillTime",
    "Node",
    "Passphrase",
    "Protection",
    "Settings",
    "TokenSettings",
    "Unencrypted",
    "back_up_at_rest",
    "begin",
    "carry_root_away",
    "change_protection",
    "compose",
    "create_node",
    "drill_time",
    "forget_machine",
    "node_at_rest",
    "open_node",
    "read_settings",
    "restore_node",
]
