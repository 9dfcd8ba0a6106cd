import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { sharedPath } from "./shared.ts";

/** The messages that a capture of cryptofeed received: `<receive time>: <JSON>`; what it sent is left out. */
export function cryptofeedMessages(name: string): unknown[] {
  return linesOf("cryptofeed-raw", `${name}.gz`)
    .filter((line) => /^\d/.test(line))
    .map((line) => JSON.parse(line.slice(line.indexOf(": ") + 2)) as unknown);
}

/** The messages of a capture of hftbacktest: `<receive time> <JSON>`. */
export function hftbacktestMessages(name: string): unknown[] {
  return linesOf("hftbacktest-binance-raw", `${name}.gz`).map(
    (line) => JSON.parse(line.slice(line.indexOf(" ") + 1)) as unknown,
  );
}

function linesOf(...parts: readonly string[]): string[] {
  const text = gunzipSync(readFileSync(sharedPath("fixtures", "market", ...parts))).toString();
  return text.trimEnd().split("\n");
}
