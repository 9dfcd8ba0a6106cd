import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Session } from "../../engine/session.ts";
import type { Schedule } from "../../ports/strategy.ts";

/** What a portfolio strategy knew of one symbol when it decided, or why it did not decide on the bar. */
export type ExplainedPortfolio = {
  readonly schedule: Schedule;
  /** Whether the bar is one on which the portfolio is decided. */
  readonly isDecided: boolean;
  /** How many members there were, and whether the symbol was one of them. */
  readonly members: number;
  readonly isMember: boolean;
  /** Place of the symbol among the members by each series, the highest first; members without a value are left out. */
  readonly places: readonly { readonly series: string; readonly place: number; readonly of: number }[];
};

/** Looks at the portfolio of a session right after its step at `timeMs`; null where each symbol is decided on alone. */
export function explainedPortfolio(
  { pipeline }: Session,
  instrument: InstrumentIndex,
  timeMs: number,
): ExplainedPortfolio | null {
  if (pipeline.together === null) return null;
  const { runner } = pipeline.together;
  const isDecided = runner.decidedMs === timeMs;
  const members = isDecided ? runner.members : [];
  const own = members.find((member) => member.instrument === instrument);
  const places = Object.keys(own?.series ?? {}).flatMap((series) => {
    const values = members.map((member) => member.series![series]!.now).filter(Number.isFinite);
    const value = own!.series![series]!.now;
    if (!Number.isFinite(value)) return [];
    return [{ series, place: 1 + values.filter((other) => other > value).length, of: values.length }];
  });
  return {
    schedule: runner.schedule,
    isDecided,
    members: members.length,
    isMember: own !== undefined,
    places,
  };
}
