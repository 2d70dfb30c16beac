"""Connect Four as a relay: a move comes in and goes out to the group. No rules, no log: less work than a game needs."""

from __future__ import annotations

from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer

COLUMNS = range(7)


class MatchConsumer(AsyncJsonWebsocketConsumer):
    """The usual consumer: a group per match, `group_send` for each move, `send_json` for each viewer."""

    async def connect(self) -> None:
        kwargs = self.scope["url_route"]["kwargs"]
        self.group, self.seat = f"match.{kwargs['match']}", int(kwargs["seat"])
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive_json(self, content: dict[str, Any], **kwargs: Any) -> None:
        column = content.get("m")
        if column not in COLUMNS:
            await self.send_json({"type": "error", "why": "There is no such column."})
            return
        event = {"type": "match.update", "seat": self.seat, "c": content.get("c"), "m": column}
        await self.channel_layer.group_send(self.group, event)

    async def match_update(self, event: dict[str, Any]) -> None:
        await self.send_json({"type": "update", "by": [[event["seat"], event["c"], event["m"]]]})
