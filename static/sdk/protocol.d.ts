// Generated from games/protocol/ by `python -m games.protocol.generate`; edit those.

/**
 * First of all. `token`: resume token or ticket; `e`, `v`, `k`: epoch, version and line of chat last seen.
 *
 * With them only what was missed is sent, without them the whole.
 */
export interface Hello {
  type: "hello";
  token?: string | null;
  e?: number | null;
  v?: number | null;
  k?: number | null;
}

/**
 * Input `c` of this seat: move `m`, answering version `on` (required where the game has no ticks).
 *
 * `lag`: the round trip that the client measured, in milliseconds; clocks forgive some of it, within a quota.
 */
export interface Move {
  type: "move";
  c: number;
  m: any;
  on?: number | null;
  lag?: number | null;
}

/**
 * Give the match up.
 */
export interface Resign {
  type: "resign";
  c: number;
}

/**
 * Call the match off before both sides have moved; it counts for nobody.
 */
export interface Abort {
  type: "abort";
  c: number;
}

/**
 * Offer a draw or a rematch. Offering what the other has already offered accepts it.
 */
export interface Offer {
  type: "offer";
  c: number;
  what: "draw" | "rematch" | "takeback";
}

/**
 * Accept or decline the other's offer.
 */
export interface Answer {
  type: "answer";
  c: number;
  what: "draw" | "rematch" | "takeback";
  yes: boolean;
}

/**
 * The others have been away for longer than `grace`: end the match in favour of who stayed.
 */
export interface Claim {
  type: "claim";
  c: number;
}

/**
 * Stop the time, or let it go on.
 */
export interface Pause {
  type: "pause";
  c: number;
}

/**
 * A line to the others: words, or the id of a quick phrase, which each reader sees in their own language.
 *
 * A phrase goes before words. Who hears it, and what may be said when, is told above.
 */
export interface Chat {
  type: "chat";
  text?: string | null;
  phrase?: "bye" | "good_luck" | "hello" | "nice_move" | "one_moment" | "oops" | "rematch" | "sorry" | "thanks" | "well_played" | "your_turn" | null;
}

/**
 * Ask for the own legal moves where `moves` gave only their count.
 */
export interface AskMoves {
  type: "moves?";
}

/**
 * `at` comes back in the pong: the client's own milliseconds.
 */
export interface Ping {
  type: "ping";
  at: number;
}

/**
 * The whole, as one viewer may know it at version `v` of epoch `e`; `clock`: null where nobody's time is measured.
 *
 * `hz`: ticks a second, 0 without; `seat`: the viewer's own, null for a spectator; `step`: how many steps the
 * rules have made (each update with `view` or `d` is one more; from 2 on nobody may call the match off); `c`: its
 * last stored input (0: none); `mine`: `[c, move]` of its own that is stored and waits for the others'; `delay_s`:
 * by how many seconds later this spectator sees everything, 0 for seats; `moves`: `{seat: [move, …]}`, or `{seat:
 * count}` above 2 KiB; null where there are ticks; `talk`: what seats may say to each other while the match is live:
 * anything, quick phrases alone, or nothing; `seats`: by index, null where free; `offers`: `{what: [seat,
 * …]}`; `token`: resume token, valid 10 minutes; `may_pause`: whether players may stop the time here; `out`: the
 * seats that are out for good; `grace`: milliseconds that a seat may be away before the others may claim; `pool`: the
 * pool of ratings in which the match counts, null where it is not rated; `rated`: what it has done to ratings, once
 * that is known; `now`: the server's Unix milliseconds.
 */
export interface Welcome {
  type: "welcome";
  match: string;
  game: string;
  edition: number;
  options: any;
  hz: number;
  seed_hash: string;
  status: "live" | "over" | "waiting";
  seats: (SeatInfo | null)[];
  sides: number[];
  seat: number | null;
  e: number;
  v: number;
  step: number;
  c: number;
  mine: [number, any] | null;
  view: any;
  delay_s: number;
  moves: Record<string, any> | null;
  clock: ClockInfo | null;
  offers: Record<string, number[]>;
  may_offer: string[];
  may_pause: boolean;
  paused: boolean;
  out: number[];
  grace: number | null;
  result: ResultInfo | null;
  seed: string | null;
  rematch: string | null;
  pool: string | null;
  rated: RatedInfo | null;
  chat: ChatLine[];
  talk: "none" | "open" | "quick";
  token: string | null;
  now: number;
}

/**
 * Who sits where. `player` is the public id; a bot has none. `here`: connected now (a bot always is).
 *
 * `rating`: at the moment of sitting down, in a rated match; `provisional`: it may still be far off.
 */
export interface SeatInfo {
  name: string;
  player?: string | null;
  bot?: string | null;
  here?: boolean;
  rating?: number | null;
  provisional?: boolean;
}

/**
 * The clocks at this version (`welcome`: now). `left`: milliseconds by seat; `running`: the seats whose clocks run
 * from the moment this is sent; `free`: with a delay, for how many milliseconds each of those stands still yet. A
 * `welcome` tells the time control, too: `kind`, `base_ms`, `extra_ms`.
 *
 * In secret games the clock of another that has answered is told running until the step.
 */
export interface ClockInfo {
  left: number[];
  running: number[];
  free?: number[];
  kind?: string;
  base_ms?: number;
  extra_ms?: number;
}

/**
 * The end: integer score per side (two sides: half points) and a reason as a slug; `words`: what the house tells
 * about it, where the house decided.
 */
export interface ResultInfo {
  scores: number[];
  reason: string;
  words?: string;
}

/**
 * What a rated match has done to ratings. `seats`: `[before, after, provisional]` by seat, in whole points, null
 * where nothing changed; `why`: a slug that says why the match did not count, null where it did.
 */
export interface RatedInfo {
  seats: ([number, number, boolean] | null)[];
  why: string | null;
}

/**
 * Line `k` of the match's chat; `seat` is null for a spectator, `name` is who wrote it, `player` their public id.
 *
 * `phrase`: the id of a quick phrase, whose English words are then the text.
 */
export interface ChatLine {
  k: number;
  seat: number | null;
  name: string;
  text: string;
  player?: string | null;
  phrase?: string | null;
}

/**
 * Version `v`: the whole `view` or the patch `d` to it, and what else changed.
 *
 * `by`: the inputs this version answers, `[seat, c, move]` each (the move only in open games; in secret games only the
 * viewer's own), so that one encoding serves all and is the ack. `moves` as in `welcome`; with them, where a turn was
 * opened, comes `clock`. `{v}` alone: something
 * happened that this viewer may know of but not see.
 */
export interface Update {
  type: "update";
  v: number;
  by?: any[][];
  view?: any;
  d?: any;
  moves?: Record<string, any>;
  clock?: ClockInfo;
  host?: HostUpdate | null;
}

/**
 * What the host decided at this version. Every field stands alone; a field that is absent did not happen.
 *
 * `sat`: `[seat, who]`; `offered`: `[seat, what]`; `answered`: `[seat, what, yes]`; `lapsed`: offers that are void
 * now; `paused`: the seat that stopped the time; `resumed`: it goes on; `started`: the match began; `out`:
 * `[seat, why]` of who is out for good (resigned, gone, flagged); `aborted`: why it was called off;
 * `house`: what the house tells of a match that it called off or whose result it decided; `rematch`: the public id of
 * the next match.
 */
export interface HostUpdate {
  sat?: [number, SeatInfo] | null;
  started?: boolean;
  offered?: [number, string] | null;
  answered?: [number, string, boolean] | null;
  lapsed?: string[];
  paused?: number | null;
  resumed?: boolean;
  out?: ([number, string])[];
  aborted?: string | null;
  house?: string | null;
  rematch?: string | null;
}

/**
 * Input `c` is stored; `v` is the version at that moment. Sent where no update carries it.
 */
export interface Ack {
  type: "ack";
  c: number;
  v: number;
}

/**
 * Input `c` was refused and consumed no number. `last`: the last stored `c` of the seat.
 */
export interface Reject {
  type: "reject";
  c: number;
  code: string;
  why: string;
  last: number;
}

/**
 * Someone at a seat came or went, and how many watch. Not versioned: the newest holds.
 *
 * `away`: for each seat the milliseconds since its player left, null for who is here or not yet seated.
 */
export interface Presence {
  type: "presence";
  here: boolean[];
  away: (number | null)[];
  spectators: number;
}

/**
 * Line `k`, gapless within an epoch; the rest as in a `ChatLine`.
 */
export interface ChatSaid {
  type: "chat";
  k: number;
  seat: number | null;
  name: string;
  text: string;
  player?: string | null;
  phrase?: string | null;
}

/**
 * The match has ended at version `v` and its record is stored. `seed` opens the promise of `seed_hash`.
 *
 * `next`: the public id of the match in which it goes on at once, where the game is a chain of matches.
 */
export interface Over {
  type: "over";
  v: number;
  result: ResultInfo;
  seed: string;
  next?: string | null;
}

/**
 * The match has been rated, moments after `over`: told once, and part of every later `welcome`. Not versioned.
 *
 * `seats`: `[before, after, provisional]` by seat, in whole points, null where nothing changed; `why`: a slug that
 * says why the match did not count, null where it did.
 */
export interface Rated {
  type: "rated";
  seats: ([number, number, boolean] | null)[];
  why: string | null;
}

/**
 * Answer to `moves?`: the viewer's own legal moves at version `v`.
 */
export interface MovesAre {
  type: "moves";
  v: number;
  moves: any;
}

/**
 * What this client holds cannot be continued; a `welcome` follows.
 *
 * `lost_ms`: so much play at ticks that this client has seen was not stored yet when its process ended, and is undone.
 */
export interface Resync {
  type: "resync";
  lost_ms?: number;
}

/**
 * A fresh resume token; the one before it lapses ten minutes after it was issued.
 */
export interface Renewed {
  type: "token";
  token: string;
}

/**
 * Answer to `ping`: its `at`, and the server's Unix milliseconds.
 */
export interface Pong {
  type: "pong";
  at: number;
  now: number;
}

/**
 * A frame that names no input was refused.
 */
export interface Error {
  type: "error";
  code: string;
  why: string;
}

/**
 * The whole picture, version `v`. Comes first, and again whenever this connection could not keep up.
 */
export interface Lobby {
  type: "lobby";
  v: number;
  picture: Picture;
}

/**
 * What everybody sees in the lobby: the newest matches with an `open` seat and the newest `live` ones, by public
 * id; `tv`: of each game the match to watch, while there is one; `counts`: how many there are in all.
 */
export interface Picture {
  open: Record<string, ListedMatch>;
  live: Record<string, ListedMatch>;
  tv: Record<string, string>;
  counts: LobbyCounts;
}

/**
 * One line of a list. `taken`: how many of its `seats` are; `sitting`: by seat, who is there, of a crowd a few;
 * `at`: when the match was created, in Unix milliseconds; `clock`: absent where nobody's time is measured.
 */
export interface ListedMatch {
  game: string;
  seats: number;
  taken: number;
  at: number;
  sitting: Record<string, ListedSeat>;
  clock?: ListedClock | null;
  rated?: boolean;
}

/**
 * Who sits there. `player` is the public id; a bot has none. `rating`: in a rated match, as it is now;
 * `provisional`: it may still be far off.
 */
export interface ListedSeat {
  name: string;
  player?: string | null;
  bot?: string | null;
  rating?: number | null;
  provisional?: boolean;
}

/**
 * A time control: its kind, and milliseconds.
 */
export interface ListedClock {
  kind: string;
  base_ms: number;
  extra_ms: number;
}

/**
 * How much there is in all: `people` who are here with a name, guests included; matches with an open seat; matches
 * that are being played. Only listed matches count.
 */
export interface LobbyCounts {
  people: number;
  open: number;
  live: number;
}

/**
 * Version `v` of the picture: the patch `d` to the one before. A `v` that you have already changes nothing. Where
 * something of your own has changed at the same time, `you` is what the message of that name tells.
 */
export interface Changed {
  type: "changed";
  v: number;
  d: any;
  you?: any;
}

/**
 * All that concerns you alone: your wish to play, your challenges, the match that waits for you. The newest
 * holds. Who is not signed in gets none.
 */
export interface You {
  type: "you";
  you: any;
}

export type ClientMessage =
  | Hello
  | Move
  | Resign
  | Abort
  | Offer
  | Answer
  | Claim
  | Pause
  | Chat
  | AskMoves
  | Ping;

export type ServerMessage =
  | Welcome
  | Update
  | Ack
  | Reject
  | Presence
  | ChatSaid
  | Over
  | Rated
  | MovesAre
  | Resync
  | Renewed
  | Pong
  | Error;

export type LobbyClientMessage =
  | Hello
  | Ping;

export type LobbyServerMessage =
  | Lobby
  | Changed
  | You
  | Renewed
  | Pong
  | Error;

export type Code =
  | "not_text"
  | "bad_utf8"
  | "bad_json"
  | "bad_message"
  | "too_large"
  | "flood"
  | "hello_first"
  | "hello_twice"
  | "not_seated"
  | "not_started"
  | "not_your_turn"
  | "illegal"
  | "stale"
  | "flagged"
  | "over"
  | "c_taken"
  | "c_gap"
  | "no_offer"
  | "not_offered"
  | "too_late"
  | "not_gone"
  | "paused"
  | "no_pause"
  | "try_again"
  | "chat_limit"
  | "chat_same"
  | "chat_empty"
  | "chat_quick"
  | "chat_closed"
  | "chat_muted"
  | "seat_taken"
  | "bad_scores";

export type CloseCode =
  | 1001
  | 1007
  | 1009
  | 1011
  | 1012
  | 4000
  | 4001
  | 4002
  | 4004
  | 4008
  | 4009
  | 4010
  | 4011
  | 4012
  | 4013
  | 4014;
