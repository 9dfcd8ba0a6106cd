import type { Bars } from "../domain/bars.ts";
import type { Instrument } from "../domain/instrument.ts";

/** The instruments of a run and their bars, both by instrument index. In live mode the bars grow. */
export type Market = {
  readonly instruments: readonly Instrument[];
  readonly bars: readonly Bars[];
};
