"""The limit: picows alone. What comes in goes out to all sockets of its path; no rules, no JSON, no framework.

`python server.py PORT`
"""

from __future__ import annotations

import sys

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

rooms: dict[bytes, list[WSTransport]] = {}


class Member(WSListener):
    def __init__(self, path: bytes) -> None:
        self.room = rooms.setdefault(path, [])

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.room.append(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            told = b'{"type":"update","input":' + frame.get_payload_as_bytes() + b"}"
            for one in self.room:
                one.send(WSMsgType.TEXT, told)
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.room.remove(transport)


def listener(request: WSUpgradeRequest) -> Member:
    return Member(request.path)


async def main() -> None:
    server = await ws_create_server(listener, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
