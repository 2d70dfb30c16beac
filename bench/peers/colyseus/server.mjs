// Connect Four on Colyseus, twice: `relay` broadcasts each move as a message, `board` has a schema state whose patch is
// broadcast at each move. No journal; a full column begins a new board, so that a room lasts as long as a trial.
import { Room, Server } from "@colyseus/core";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { schema, t } from "@colyseus/schema";
import { Cycles } from "./cycles.mjs";

const COLUMNS = 7;
const ROWS = 6;

const Board = schema({ cells: t.array("uint8"), last: t.uint8(), moves: t.uint32() }, "Board");

const legal = (move) => Number.isInteger(move?.m) && move.m >= 0 && move.m < COLUMNS;

class Relay extends Room {
  // Nothing is sent by time: the documentation's way to say that there is no state to patch.
  patchRate = null;

  onCreate() {
    this.onMessage("move", (client, move) => {
      if (!legal(move)) return client.send("error", "There is no such column.");
      this.broadcast("update", { by: [client.sessionId, move.c, move.m] });
    });
  }
}

class Patched extends Room {
  // Patched at each move, as fast as it can be: by time a move would wait for up to 50 ms.
  patchRate = null;
  state = new Board();

  onCreate() {
    this.heights = new Uint8Array(COLUMNS);
    for (let cell = 0; cell < COLUMNS * ROWS; cell++) this.state.cells.push(0);
    this.onMessage("move", (client, move) => {
      if (!legal(move)) return client.send("error", "There is no such column.");
      this.drop(move.m);
      this.broadcastPatch();
    });
  }

  drop(column) {
    if (this.heights[column] === ROWS) {
      this.heights.fill(0);
      for (let cell = 0; cell < COLUMNS * ROWS; cell++) this.state.cells[cell] = 0;
    }
    this.state.cells[column * ROWS + this.heights[column]++] = 1 + (this.state.moves % 2);
    this.state.last = column;
    this.state.moves++;
  }
}

const server = new Server({ transport: new WebSocketTransport({}), greet: false });
server.define("relay", Relay);
server.define("board", Patched);
server.define("cycles", Cycles);
await server.listen(Number(process.argv[2]), "127.0.0.1");
