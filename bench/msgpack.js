/**
 * Reads msgpack as the server would send it, and times it beside JSON.parse: for `frames.py`, and for nothing else.
 * As fast as a reader of this size gets: one DataView, short strings without a decoder, maps into plain objects.
 */

const decoder = new TextDecoder();
let bytes = new Uint8Array(0), view = new DataView(new ArrayBuffer(0)), at = 0;

function unpacked(buffer) {
  bytes = new Uint8Array(buffer);
  view = new DataView(buffer);
  at = 0;
  return value();
}

function value() {
  const head = bytes[at++];
  if (head < 0x80) return head;
  if (head < 0x90) return map(head & 0x0f);
  if (head < 0xa0) return list(head & 0x0f);
  if (head < 0xc0) return text(head & 0x1f);
  if (head >= 0xe0) return head - 0x100;
  switch (head) {
    case 0xc0: return null;
    case 0xc2: return false;
    case 0xc3: return true;
    case 0xca: at += 4; return view.getFloat32(at - 4);
    case 0xcb: at += 8; return view.getFloat64(at - 8);
    case 0xcc: return bytes[at++];
    case 0xcd: at += 2; return view.getUint16(at - 2);
    case 0xce: at += 4; return view.getUint32(at - 4);
    case 0xcf: at += 8; return view.getUint32(at - 8) * 0x1_0000_0000 + view.getUint32(at - 4);
    case 0xd0: return view.getInt8(at++);
    case 0xd1: at += 2; return view.getInt16(at - 2);
    case 0xd2: at += 4; return view.getInt32(at - 4);
    case 0xd3: at += 8; return view.getInt32(at - 8) * 0x1_0000_0000 + view.getUint32(at - 4);
    case 0xd9: return text(bytes[at++]);
    case 0xda: at += 2; return text(view.getUint16(at - 2));
    case 0xdc: at += 2; return list(view.getUint16(at - 2));
    case 0xde: at += 2; return map(view.getUint16(at - 2));
    default: throw new Error(`no frame of ours has a ${head.toString(16)}`);
  }
}

function text(length) {
  const end = at + length;
  if (length > 24) return decoder.decode(bytes.subarray(at, at = end));
  let read = "";
  for (let here = at; here < end; here++) {
    if (bytes[here] > 0x7f) return decoder.decode(bytes.subarray(at, at = end));
    read += String.fromCharCode(bytes[here]);
  }
  at = end;
  return read;
}

function list(length) {
  const read = new Array(length);
  for (let index = 0; index < length; index++) read[index] = value();
  return read;
}

function map(length) {
  const read = {};
  for (let index = 0; index < length; index++) {
    const key = value();
    read[key] = value();
  }
  return read;
}

/** Nanoseconds a frame, the median of nine rounds of 40 ms; frames come as base64. */
// eslint-disable-next-line no-unused-vars
function timed(told, packed) {
  const raw = told.map((one) => Uint8Array.from(atob(one), (letter) => letter.charCodeAt(0)).buffer);
  const frames = packed ? raw : raw.map((one) => decoder.decode(one));
  const read = packed ? unpacked : JSON.parse;
  const rounds = [];
  for (let round = 0; round < 9; round++) {
    let count = 0, kept = null, took = 0;
    const began = performance.now();
    do {
      for (const frame of frames) kept = read(frame);
      count += frames.length;
      took = performance.now() - began;
    } while (took < 40);
    if (kept === undefined) throw new Error("nothing was read");
    rounds.push(1e6 * took / count);
  }
  return rounds.sort((one, other) => one - other)[4];
}
