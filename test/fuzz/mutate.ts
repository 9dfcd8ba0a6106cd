import type { Prng } from "../../src/base/prng.ts";

/** What nobody sends, and somebody did. */
const odd: readonly unknown[] = [
  null,
  "",
  "NaN",
  "abc",
  "-0.1",
  "1e400",
  "0x10",
  " 5 ",
  "١٢",
  "2024-13-45T99:00:00Z",
  "__proto__",
  0,
  -0,
  -1,
  0.5,
  1e308,
  -1e308,
  2 ** 53,
  8.64e15 + 1,
  true,
  [],
  [[]],
  {},
  JSON.parse('{"toString":1,"__proto__":{"length":-1},"constructor":null}'),
];

/** One of a list. */
export function pick<Item>(prng: Prng, items: readonly Item[]): Item {
  return items[prng.integer(items.length)]!;
}

/** A copy, for what is put into a message is changed with it. */
function oddValue(prng: Prng): unknown {
  return structuredClone(pick(prng, odd));
}

/** A copy of a JSON value with one to three places changed: another value, a neighbour's, one more, one less. */
export function mutateJson(value: unknown, prng: Prng): unknown {
  let copy = structuredClone(value);
  for (let left = 1 + prng.integer(3); left > 0; left--) copy = mutateOnce(copy, prng);
  return copy;
}

function mutateOnce(value: unknown, prng: Prng): unknown {
  const isInner = value !== null && typeof value === "object" && prng.next() < 0.85;
  if (!isInner) return mutateLeaf(value, prng);
  if (Array.isArray(value)) return mutateList(value, prng);
  const keys = Object.keys(value);
  if (keys.length === 0) return oddValue(prng);
  const key = pick(prng, keys);
  const record = value as Record<string, unknown>;
  const way = prng.next();
  if (way < 0.1) delete record[key];
  else if (way < 0.2) record[key] = structuredClone(record[pick(prng, keys)]);
  else record[key] = mutateOnce(record[key], prng);
  return record;
}

function mutateList(list: unknown[], prng: Prng): unknown[] {
  if (list.length === 0) return [oddValue(prng)];
  const at = prng.integer(list.length);
  const way = prng.next();
  if (way < 0.08) return list.toSpliced(at, 1);
  if (way < 0.16) return list.toSpliced(at, 0, structuredClone(list[prng.integer(list.length)]));
  if (way < 0.24) return list.toReversed();
  return list.with(at, mutateOnce(list[at], prng));
}

function mutateLeaf(value: unknown, prng: Prng): unknown {
  const way = prng.next();
  if (typeof value === "number" && way < 0.5) return value * pick(prng, [-1, 0, 10, 1000, 1e-3, 1 + 1e-12]);
  if (typeof value === "string" && way < 0.5) return mutateText(value, prng);
  if (typeof value === "number" && way < 0.7) return String(value);
  return oddValue(prng);
}

/** A copy of a text with one to four pieces cut, doubled, moved or replaced. */
export function mutateText(
  text: string,
  prng: Prng,
  pieces: readonly string[] = ["0", "-", ".", '"', ","],
): string {
  let copy = text;
  for (let left = 1 + prng.integer(4); left > 0; left--) {
    const from = prng.integer(copy.length + 1);
    const to = Math.min(copy.length, from + 1 + prng.integer(prng.next() < 0.9 ? 6 : 400));
    const piece =
      prng.next() < 0.4 ? copy.slice(from, to).repeat(2) : prng.next() < 0.6 ? pick(prng, pieces) : "";
    copy = copy.slice(0, from) + piece + copy.slice(to);
  }
  return copy;
}

/** A copy of bytes with a few flipped, cut off, doubled or zeroed. */
export function mutateBytes(bytes: Uint8Array, prng: Prng): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const way = prng.next();
  if (way < 0.1) return copy.subarray(0, prng.integer(copy.length));
  if (way < 0.15) return Uint8Array.from([...copy, ...copy.subarray(prng.integer(copy.length))]);
  for (let left = 1 + prng.integer(3); left > 0; left--) {
    const at = prng.integer(copy.length);
    copy[at] = prng.next() < 0.7 ? copy[at]! ^ (1 << prng.integer(8)) : pick(prng, [0, 255, 127, 128]);
  }
  return copy;
}
