import { dayMs, formatTime } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Membership } from "../../domain/membership.ts";

/** Fewer symbols than this were chosen one by one, and not as whoever is left. */
const symbolsMin = 10;
/** In a shorter time few of them would have been delisted. */
const spanMinMs = 365 * dayMs;
const namesShown = 5;

/** What the choice of symbols hides: those that did not survive until today, and members without bars. */
export function survivorshipWarnings(
  bars: readonly Bars[],
  membership: Membership | undefined,
): readonly string[] {
  const lines: (string | false)[] = [
    isOnlySurvivors(bars) &&
      `all ${bars.length} symbols have bars until ${formatTime(lastMs(bars[0]!))}: those that were delisted are missing, which flatters every choice among them (survivorship bias; kiwi help portfolios)`,
    membership !== undefined && missingMembers(bars, membership),
  ];
  return lines.filter((line) => line !== false);
}

function isOnlySurvivors(bars: readonly Bars[]): boolean {
  if (bars.length < symbolsMin) return false;
  const ends = new Set(bars.map(lastMs));
  const firstMs = Math.min(...bars.map(({ closeTimeMs }) => closeTimeMs[0]!));
  return ends.size === 1 && lastMs(bars[0]!) - firstMs >= spanMinMs;
}

function missingMembers(bars: readonly Bars[], membership: Membership): string | false {
  const held = new Set(bars.map(({ symbol }) => symbol));
  const missing = [...membership.keys()].filter((symbol) => !held.has(symbol));
  if (missing.length === 0) return false;
  const names = missing.slice(0, namesShown).join(", ");
  const more = missing.length > namesShown ? ` and ${missing.length - namesShown} more` : "";
  return `${missing.length} of ${membership.size} members of the universe have no bars and cannot be chosen: ${names}${more}`;
}

function lastMs({ closeTimeMs, length }: Bars): number {
  return closeTimeMs[length - 1]!;
}
