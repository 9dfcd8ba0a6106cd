import { roundToTick } from "../base/numbers.ts";
import type { Instrument } from "../domain/instrument.ts";
import { onTick, type Entry, type Signal, type Target } from "../domain/target.ts";
import type { Pipeline } from "./pipeline.ts";

/** The price at which a bar closed on its market: series may be adjusted, orders are not. */
export function tradedClose(
  { bars, runners }: Pick<Pipeline, "bars" | "runners">,
  index: number,
  row: number,
): number {
  const { close, closeTimeMs } = bars[index]!;
  const { scale } = runners[index]!.store;
  return scale === null ? close[row]! : close[row]! / scale.factorAt(closeTimeMs[row]!);
}

/** A signal with its quantity, its levels on the grid of the venue. */
export function targetOf(
  signal: Signal,
  { tickSize }: Instrument,
  quantity: number,
  equityWeight: number,
): Target {
  const target: Target = {
    instrument: signal.instrument,
    weight: signal.weight,
    reason: signal.reason,
    entry: entryOnTick(signal.entry, tickSize),
    protection: onTick(signal.protection, tickSize),
    equityWeight,
    quantity,
  };
  return signal.replacesProtection === true ? { ...target, replacesProtection: true } : target;
}

/** Venues take prices in whole ticks. */
function entryOnTick(entry: Entry, tickSize: number): Entry {
  return entry.kind === "market" ? entry : { ...entry, price: roundToTick(entry.price, tickSize) };
}
