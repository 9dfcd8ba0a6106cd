import type { VenueInstrument } from "../../ports/broker-connection.ts";
import type { InstrumentConfig, RunConfig } from "../config/run-config.ts";

/** A step of a configuration that the venue does not know, and what is taken in its place. */
export type OverruledStep = { readonly symbol: string; readonly what: string; readonly why: string };

/**
 * The settings of a session in the steps of its venue: orders are sized in whole lots of it, levels lie on its ticks. What a
 * configuration says more coarsely stays; what the venue would refuse does not, and is told.
 */
export function withVenueRules(
  config: RunConfig,
  rules: readonly VenueInstrument[],
): { readonly config: RunConfig; readonly overruled: readonly OverruledStep[] } {
  const overruled: OverruledStep[] = [];
  const instruments = { ...config.instruments };
  for (const rule of rules) {
    const { symbol } = rule;
    const stated = { ...config.instruments["*"], ...config.instruments[symbol] };
    const step = (name: "lotSize" | "tickSize"): Partial<InstrumentConfig> => {
      const [own, venues] = [stated[name], rule[name]];
      if (!(venues > 0) || (own !== undefined && isMultiple(own, venues))) return {};
      if (own !== undefined)
        overruled.push({ symbol, what: `${name} ${own}`, why: `the venue's is ${venues}` });
      return { [name]: venues };
    };
    instruments[symbol] = {
      ...stated,
      ...step("lotSize"),
      ...step("tickSize"),
      notionalMin: Math.max(stated.notionalMin ?? 0, rule.notionalMin),
      contractMultiplier: rule.contractMultiplier,
    };
    const { contractMultiplier } = stated;
    if (contractMultiplier !== undefined && contractMultiplier !== rule.contractMultiplier)
      overruled.push({
        symbol,
        what: `contractMultiplier ${contractMultiplier}`,
        why: `the venue's is ${rule.contractMultiplier}`,
      });
  }
  return { config: { ...config, instruments }, overruled };
}

function isMultiple(step: number, of: number): boolean {
  const count = step / of;
  return count >= 1 - 1e-9 && Math.abs(count - Math.round(count)) <= 1e-9 * count;
}
