"""Our server under a small application, so that its stop can be tested apart from matches.

Run by test_stop.py as `python -m tests.gameserver.stub_server <port> <how the drain behaves>`. Every WebSocket gets
frames until it goes away; `/slow` never answers.
"""

import asyncio
import sys

import django

django.setup()

from gameserver import server  # noqa: E402

# Which bound each of these runs into; one second of it shows as much as the real one, which test_stop.py adds up.
SHORTENED = {"drain-hangs": "DRAIN_S", "lifespan-hangs": "CLOSE_S", "thread-hangs": "STOP_S"}


async def application(scope, receive, send):
    match scope["type"], scope.get("path"):
        case "lifespan", _:
            await lifespan(receive, send)
        case "websocket", _:
            await send({"type": "websocket.accept"})
            while True:
                await send({"type": "websocket.send", "bytes": bytes(16_000)})
                await asyncio.sleep(0)
        case _, "/slow":
            await asyncio.sleep(3600)
        case _:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"up"})


async def lifespan(receive, send):
    while True:
        kind = (await receive())["type"]
        print(kind, flush=True)
        if kind == "lifespan.shutdown" and sys.argv[2] == "lifespan-hangs":
            await asyncio.sleep(3600)
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


async def drain():
    print("drain", flush=True)
    match sys.argv[2]:
        case "drain-hangs" | "drain-hangs-long":
            await asyncio.sleep(3600)
        case "drain-fails":
            raise RuntimeError("the disk is full")
        case "thread-hangs":
            asyncio.get_running_loop().run_in_executor(None, __import__("time").sleep, 3600)
        case _:
            await asyncio.sleep(0.1)
    print("drained", flush=True)


if __name__ == "__main__":
    if sys.argv[2] in SHORTENED:
        setattr(server, SHORTENED[sys.argv[2]], 1.0)
    with server.listening_socket("127.0.0.1", int(sys.argv[1])) as listener:
        server.Server(server.config(application), drain).run(sockets=[listener])
    print("gone", flush=True)
