"""Many matches at once against a real server: made through the API, played by pages that meet with accidents.

An accident befalls one page of a match in its middle; which one is by turns, so that a run has all of them.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from itertools import cycle
from typing import Any

from tests.servers import PATIENCE_S, MadangServer
from tests.soak.client import Page
from tests.soak.history import History
from tests.soak.seats import Api, Places, Seat
from tests.soak.truth import disagreements, kept, world_of

GAMES = ("connect-four", "tic-tac-toe")
# Tic-tac-toe lasts at least five moves, and both seats are taken at version 2: so this is in the middle of any match.
MIDDLE_V = 4
# The most that may wait for an opponent is five a player, and a player may do 60 things a minute.
MATCHES_PER_PLAYER = 5
# Handshakes at once: below the backlog of any server.
ARRIVING = 50


class Played:
    """One match of the field, and every page that ever looked at it."""

    def __init__(self, public_id: str, pages: list[Page]) -> None:
        self.public_id = public_id
        self.pages = pages
        # So many came in peace; what is beyond came by an accident.
        self.seated = len(pages)
        self.accident = ""


class Field:
    """`matches` of both games, played by random legal moves; `accidents` by name of a method here.

    `servers`: one, or several on one database; `scattered`: pages of one match then connect to any of them.
    """

    def __init__(
        self,
        *servers: MadangServer,
        matches: int,
        accidents: tuple[str, ...],
        seed: int,
        pace_s: float = 0,
        games: tuple[str, ...] = GAMES,
        scattered: bool = False,
    ):
        self.servers, self.matches, self.seed, self.pace_s, self.games = servers, matches, seed, pace_s, games
        self.rng = random.Random(seed)
        self.history = History()
        self.places = Places(random.Random(seed), scattered=scattered)
        self.api = Api(*(server.url for server in servers))
        self.played: list[Played] = []
        self._accidents = cycle(accidents)
        self._tasks: list[asyncio.Task[None]] = []
        self._arriving = asyncio.Semaphore(ARRIVING)

    async def prepare(self) -> None:
        """Players, matches and seats, through the API."""
        count = max(2, -(-self.matches // MATCHES_PER_PLAYER))
        keys = [player["key"] for player in await self._all(self._player(n) for n in range(count))]
        self.played = await self._all(self._match(n, keys) for n in range(self.matches))

    async def _all(self, work: Any) -> list[Any]:
        return list(await asyncio.gather(*work))

    async def _player(self, number: int) -> Any:
        return await self.api.post("/api/players", {"name": f"Player {number}"})

    async def _match(self, number: int, keys: list[str]) -> Played:
        round_, place = divmod(number, len(keys))
        host, guest = keys[place], keys[(place + 1 + round_ % (len(keys) - 1)) % len(keys)]
        wish = {"game": self.games[number % len(self.games)], "seat": number // 2 % 2, "listed": False}
        match = await self.api.post("/api/matches", wish, host)
        given = await self.api.post(f"/api/matches/{match['id']}/join", {}, guest)
        seats = [Seat(self.api, host, wish["seat"]), Seat(self.api, guest, given["seat"])]
        if number % 10 == 0:
            seats.append(Seat(self.api, None, None))  # somebody watches
        resigns = number % 20 == 7
        played = Played(match["id"], [self.page(match["socket"], seat, resigns=resigns) for seat in seats])
        played.accident = next(self._accidents)
        getattr(self, played.accident)(played)
        return played

    def page(self, path: str, seat: Seat, *, resigns: bool = False) -> Page:
        rng = random.Random(self.rng.random())
        place = self.places.of(path)
        return Page(self.api, path, seat, rng, self.history, place=place, resigns=resigns, pace_s=self.pace_s)

    # ── playing ─────────────────────────────────────────────────────────────────────────────────────────

    async def gather(self) -> None:
        """Everyone connects; nobody moves yet."""
        pages = self.pages()
        for page in pages:
            self._start(page)
        await asyncio.gather(*(page.ready.wait() for page in pages))

    def _start(self, page: Page) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(self._arrive(page)))

    async def _arrive(self, page: Page) -> None:
        running = asyncio.create_task(page.run())
        async with self._arriving:
            await asyncio.wait({running, asyncio.create_task(page.ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
        await running

    def begin(self) -> None:
        for page in self.pages():
            page.go.set()

    async def until(self, done: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
        """Play on until `done`, which is looked at a hundred times a second."""
        deadline = asyncio.get_running_loop().time() + within_s
        while not done():
            for task in self._tasks:
                if task.done():
                    task.result()
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(self._stuck())
            await asyncio.sleep(0.01)

    async def finish(self, within_s: float) -> None:
        """Until every match is over for everyone; the pages that accidents add are waited for, too."""
        try:
            await self.until(lambda: all(task.done() for task in self._tasks), within_s)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self.api.close()

    def _stuck(self) -> str:
        stuck = [page for page in self.pages() if not (page.over or page.replaced)]
        told = "\n".join(map(str, stuck[:5]))
        return f"{len(stuck)} pages are still playing; seed {self.seed}\n{told}\n" + "\n".join(
            server.output()[-2000:] for server in self.servers
        )

    def pages(self) -> list[Page]:
        return [page for played in self.played for page in played.pages]

    def acked(self) -> int:
        return sum(len(seat.acked) for seat in {page.seat for page in self.pages()})

    def disagreements(self) -> list[str]:
        """Clients against the database, for every match; each with the seed that draws it again."""
        world = world_of(self.servers[0])
        return [f"seed {self.seed}: {wrong}" for wrong in self.history.breaches()] + [
            f"{played.public_id} ({played.accident}, seed {self.seed}): {wrong}"
            for played in self.played
            for wrong in disagreements(kept(world, played.public_id), played.pages)
        ]

    # ── accidents ───────────────────────────────────────────────────────────────────────────────────────

    def nothing(self, played: Played) -> None:
        """Most matches go well."""

    def reload(self, played: Played) -> None:
        """A page is loaded again: it knows nothing, and comes with a new ticket."""
        once(played.pages[0], Page.reload)

    def cut(self, played: Played) -> None:
        """The network is gone for a moment: the page resumes by its token and what it saw last."""
        once(played.pages[1], Page.cut)

    def cut_in_flight(self, played: Played) -> None:
        """The network is gone just when a move was sent: stored or not, the page sends it again."""
        once(played.pages[0], lambda page: setattr(page, "cut_when_sent", True))

    def second_tab(self, played: Played) -> None:
        """The same page once more, by the token of the first one, whose player does nothing there meanwhile."""

        def take_over(page: Page) -> None:
            page.go.clear()
            another = self.another(played, page, page.token)
            self._tasks.append(asyncio.get_running_loop().create_task(_when_ready(another, page.go.set)))

        once(played.pages[0], take_over)

    def second_device(self, played: Played) -> None:
        """Another device, with a ticket of its own, takes over from one that goes on playing until it hears of it."""
        once(played.pages[1], lambda page: self.another(played, page, None))

    def another(self, played: Played, page: Page, token: str | None) -> Page:
        another = self.page(page.path, page.seat)
        another.token = token
        another.go.set()
        played.pages.append(another)
        self._start(another)
        return another


def once(page: Page, accident: Callable[[Page], None]) -> None:
    """Let it happen to `page` at the first version in the middle of its match."""

    def watch(page: Page) -> None:
        if page.v >= MIDDLE_V:
            page.on_version = lambda page: None
            accident(page)

    page.on_version = watch


async def _when_ready(page: Page, then: Callable[[], None]) -> None:
    await page.ready.wait()
    then()
