import type { Bars } from "../../domain/bars.ts";
import type { ParamValue } from "../../domain/params.ts";
import type { SliceBatch } from "../../domain/slice.ts";
import type { Session } from "../../engine/session.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";

/** Values for some or all parameters of a strategy, by name. */
export type GivenParams = Readonly<Record<string, ParamValue>>;

/** What is checked, and how runs of it are made: all that a check needs to know of the application. */
export type CheckSubject = {
  /** Base bars, one per symbol. */
  readonly bars: readonly Bars[];
  readonly params: GivenParams;
  /** The strategy from a new instance of its file, where nothing is left of earlier runs. */
  readonly load: () => Promise<AnyStrategy>;
  /** A session over `bars`, which may be empty tables that grow while it runs. */
  readonly build: (strategy: AnyStrategy, params: GivenParams, bars: readonly Bars[]) => Session;
  /** Hears how much of the check is done, in bars of its runs or what stands for them; absent where nobody waits. */
  readonly onDone?: (done: number, total: number) => void;
  /** The slices of finished bars. */
  readonly feed: (bars: readonly Bars[]) => Iterable<SliceBatch>;
};
