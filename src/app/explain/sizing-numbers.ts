import type { Session } from "../../engine/session.ts";
import { tradedClose } from "../../engine/target-of.ts";
import { sizingOf } from "../session/risk-rules.ts";
import type { RunConfig } from "../config/run-config.ts";
import type { ExplainedSizing } from "./explanation.ts";

/** The numbers that the last step computed a quantity from; null where it stated no target for the instrument. */
export function sizingNumbers(
  session: Session,
  config: RunConfig,
  instrumentIndex: number,
  row: number,
  decidedMs: number,
): ExplainedSizing | null {
  const { pipeline, portfolio, recorder } = session;
  const { events } = recorder.log;
  let at = events.length - 1;
  const isWanted = (index: number): boolean => {
    const { kind, instrument, timeMs } = events.at(index);
    return kind === "signal" && instrument === instrumentIndex && timeMs === decidedMs;
  };
  while (at >= 0 && events.at(at).timeMs === decidedMs && !isWanted(at)) at -= 1;
  if (at < 0 || !isWanted(at)) return null;
  const { first: weight, second: equityWeight, third: quantity } = events.at(at);
  const instrument = pipeline.instruments[instrumentIndex]!;
  const bars = pipeline.bars[instrumentIndex]!;
  const price = tradedClose(pipeline, instrumentIndex, row);
  const unitValue = portfolio.unitValue(instrument.index, price);
  const estimate = Math.abs(weight) * (portfolio.equity / unitValue);
  return {
    sizer:
      pipeline.together === null
        ? sizingOf(config, pipeline.instruments.length).use
        : "all targets of the decision together",
    isTogether: pipeline.together !== null,
    weight,
    equityWeight,
    equity: portfolio.equity,
    price,
    unitValue,
    costRate: pipeline.commission.rate(estimate, price) + pipeline.slippage.rate(bars, row, estimate),
    lotSize: instrument.lotSize,
    quantity,
  };
}
