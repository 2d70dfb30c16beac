"""The limit of real time: picows alone sends each room a frame 30 times a second, as long as Madang's mostly are.

`python ticks.py PORT`. A room is a path; its time begins with its fourth socket. Inputs are read and let go.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

HZ, RIDERS = 30, 4
# Madang's frames tell the ticks since the last turn; riders turn every half second.
TURN_TICKS = 15


class Room:
    def __init__(self) -> None:
        self.members: list[WSTransport] = []
        self.tick = 0
        self.began_s = 0.0

    def joined(self, transport: WSTransport) -> None:
        self.members.append(transport)
        if len(self.members) == RIDERS:
            self.began_s = asyncio.get_running_loop().time()
            self.play()

    def play(self) -> None:
        self.tick += 1
        told = b'[%d,{"t":%d}]' % (self.tick + RIDERS, self.tick % TURN_TICKS)
        for one in self.members:
            one.send(WSMsgType.TEXT, told)
        if self.members:
            asyncio.get_running_loop().call_at(self.began_s + (self.tick + 1) / HZ, self.play)


rooms: defaultdict[bytes, Room] = defaultdict(Room)


class Member(WSListener):
    def __init__(self, room: Room) -> None:
        self.room = room

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.room.joined(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()
        else:
            frame.get_payload_as_bytes()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.room.members.remove(transport)


def listener(request: WSUpgradeRequest) -> Member:
    return Member(rooms[request.path])


async def main() -> None:
    server = await ws_create_server(listener, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
