import type { Prng } from "../../src/base/prng.ts";
import { faultNames } from "../../src/emulator/faults/parse-faults.ts";
import type { TapeQuad } from "../emulator-lab.ts";

/** Each seed draws which faults there are and how many of each: some runs have one kind, some all. */
export function drawFaults(prng: Prng, seed: number): string {
  const shares: Readonly<Record<string, number>> = {
    drop: 0.08,
    reset: 0.08,
    timeoutAfterAccept: 0.02,
    http500: 0.1,
    html: 0.06,
    truncate: 0.06,
    "429": 0.04,
    lose: 0.1,
    duplicate: 0.2,
    reorder: 0.1,
    disconnect: 0.06,
    silent: 0.02,
    pageFail: 0.2,
    rejectLater: 0.1,
    stuckCancel: 0.1,
  };
  const drawn = Object.entries(shares)
    .filter(() => prng.next() < 0.5)
    .map(([name, share]) => `${name}=${(prng.next() * share).toFixed(4)}`);
  const visibility = prng.next() < 0.3 ? [`eventualVisibility=${prng.integer(30)}`] : [];
  for (const part of drawn)
    if (!Object.hasOwn(faultNames, part.split("=")[0]!)) throw new Error(`no fault is called ${part}`);
  return [`seed=${seed}`, ...drawn, ...visibility].join(",");
}

/** A walk in whole numbers. */
export function tape(prng: Prng, bars: number): readonly TapeQuad[] {
  let price = 100;
  return Array.from({ length: bars }, () => {
    const open = price;
    price = Math.max(50, Math.round(price + prng.normal() * 2));
    return [open, Math.max(open, price) + 1, Math.min(open, price) - 1, price] as const;
  });
}
