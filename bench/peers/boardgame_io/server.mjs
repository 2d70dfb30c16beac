// Connect Four on boardgame.io: its server, its in-memory storage, a game as its tutorial writes one.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { Server, Origins } = require("boardgame.io/server");
const { INVALID_MOVE } = require("boardgame.io/core");

const COLUMNS = 7;
const ROWS = 6;

const ConnectFour = {
  name: "connect-four",
  setup: () => ({ columns: Array.from({ length: COLUMNS }, () => []) }),
  turn: { minMoves: 1, maxMoves: 1 },
  moves: {
    drop: ({ G, playerID }, column) => {
      if (!(column in G.columns) || G.columns[column].length === ROWS) return INVALID_MOVE;
      G.columns[column].push(playerID);
    },
  },
};

const server = Server({ games: [ConnectFour], origins: [Origins.LOCALHOST, /127\.0\.0\.1/] });
server.run({ port: Number(process.argv[2]), callback: () => console.log("ready") });
