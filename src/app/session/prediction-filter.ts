import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { PredictionReader } from "../../ports/model.ts";
import type { Sizer } from "../../ports/sizer.ts";
import type { RunConfig } from "../config/run-config.ts";

/** Whether a model agrees with a position of this sign being held more of, or at all, than is held now. */
export type MayEnter = (instrument: InstrumentIndex, weight: number, held: number) => boolean;

const reason = "predictionFilter: the model does not agree";

/** The filter of a run: opening, and turning around, need a model that agrees; what is held, and leaving, do not. */
export function predictionFilter(
  filter: NonNullable<RunConfig["predictionFilter"]>,
  predictions: (model: string) => PredictionReader,
): MayEnter {
  const said = predictions(filter.model);
  return (instrument, weight, held) => {
    if (weight === 0 || Math.sign(held) === Math.sign(weight)) return true;
    const chance = said.now(instrument, "probability");
    return Math.sign(weight) * (chance - 0.5) > filter.edgeMin;
  };
}

/** The sizer with the filter in front of it. */
export function filteredSizer(sizer: Sizer, mayEnter: MayEnter): Sizer {
  const refusals = new Map<string, number>();
  return {
    ...(sizer.observe === undefined ? {} : { observe: (slice) => sizer.observe!(slice) }),
    get refusals() {
      return new Map([...(sizer.refusals ?? []), ...refusals]);
    },
    weigh(signal, context) {
      const { quantity } = context.portfolio.position(signal.instrument);
      if (mayEnter(signal.instrument, signal.weight, quantity)) return sizer.weigh(signal, context);
      refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
      return 0;
    },
  };
}
