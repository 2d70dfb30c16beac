"""Matches whose sockets are in another process than their owner: both ends, over the channel layer.

A *relay* stands in the process of the sockets and forwards; at the owner each of those sockets is a `RemoteConnection`,
so that host and driver know nothing of it. The layer loses messages; streams are numbered, and a gap is healed by a
full view. Nothing here decides about a match or is trusted with its truth.
"""

from games.relay.core import Relaying
from games.relay.router import Router

__all__ = ["Relaying", "Router"]
