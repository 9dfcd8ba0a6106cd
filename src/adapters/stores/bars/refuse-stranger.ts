import { KiwiError } from "../../../base/errors.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { Provenance } from "../../../ports/bar-store.ts";

/** Throws `SOURCE_DIFFERS` where bars would join those of a source that they may not be mixed with. */
export function refuseStranger(
  symbol: string,
  timeframe: Timeframe,
  heldSources: readonly string[],
  { source, mayJoin = [] }: Pick<Provenance, "source" | "mayJoin">,
): void {
  if (mayJoin === "any") return;
  const stranger = heldSources.find((name) => name !== source && !mayJoin.includes(name));
  if (stranger !== undefined) throw sourceDiffers({ symbol, timeframe }, stranger, source);
}

/** `SOURCE_DIFFERS`: bars of another source would be mixed into a series. */
export function sourceDiffers(
  { symbol, timeframe }: { readonly symbol: string; readonly timeframe: Timeframe },
  before: string,
  now: string,
): KiwiError {
  return new KiwiError({
    code: "SOURCE_DIFFERS",
    exit: "safety",
    message: `${symbol} ${timeframe} is held from ${before}; these bars would come from ${now}`,
    why: "two sources write one symbol for different markets or hours, and a mixed series is neither of them",
    fix: `keep them apart with --data-folder OTHER, or, where they are the same market, add --mix`,
    topic: "download",
  });
}
