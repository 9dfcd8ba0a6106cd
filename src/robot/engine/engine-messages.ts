import type { RecordedStep, Sent } from "../../engine/journal/journaled-broker.ts";
import type { Restored } from "../../engine/journal/restore-session.ts";
import type { JournalRecord, PredictedRecord } from "../../ports/journal-store.ts";
import type { ExplainedDifference } from "../comparison/comparison.ts";
import type { EngineView } from "./engine-view.ts";

/** One line of what a session did, for its log. */
export type EngineEvent = {
  readonly kind: string;
  readonly timeMs: number;
  readonly symbol: string | undefined;
  readonly orderId: number | undefined;
  readonly first: number;
  readonly second: number;
  readonly third: number;
  readonly text: string;
};

/** What a thread with an engine is asked. */
export type EngineQuestion =
  /** Asked first: to live through a journal without its first record, piece by piece. */
  | { readonly kind: "restore"; readonly records: readonly JournalRecord[]; readonly isLast: boolean }
  /** To live through steps, each after what models said before it; `trading` is the state of trading where that is another one now. */
  | {
      readonly kind: "steps";
      readonly records: readonly (RecordedStep | PredictedRecord)[];
      readonly trading: JournalRecord | null;
    }
  /** To live through a part of the backtest beside it, at most to where it stands itself, and to hold one against the other. */
  | { readonly kind: "compare" };

/** What it answers. */
export type EngineAnswer =
  /** It is not done, and has come further. */
  | { readonly kind: "progress" }
  /** It has lived through a piece of a journal, or has found a difference and waits for the last one to say so. */
  | { readonly kind: "relived" }
  | ({ readonly kind: "restored"; readonly view: EngineView } & Pick<Restored, "difference" | "unwritten">)
  | {
      readonly kind: "stepped";
      readonly sent: readonly Sent[];
      readonly view: EngineView;
      readonly events: readonly EngineEvent[];
    }
  /** Unless it is there, the backtest has bars to live through yet. */
  | {
      readonly kind: "compared";
      readonly comparison: ExplainedDifference | null;
      readonly isThere: boolean;
    }
  | { readonly kind: "failed"; readonly error: string };

/** How much an engine may take. */
export type EngineLimits = {
  /** Processor time for one step, in milliseconds. */
  readonly cpuMsMax: number;
  /** Memory for objects and for columns of numbers together, in MB. */
  readonly memoryMbMax: number;
};

/** What a process with an engine is told: first how the engine is made, then one question after the other. */
export type ToEngineProcess =
  | {
      readonly kind: "begin";
      readonly builder: string;
      readonly making: object;
      readonly environment: Readonly<Record<string, string>>;
      readonly limits: EngineLimits;
    }
  | { readonly kind: "ask"; readonly question: EngineQuestion };

/** What it tells. Once the engine is gone no answer comes any more. */
export type FromEngineProcess =
  | { readonly kind: "answer"; readonly answer: EngineAnswer }
  | { readonly kind: "large"; readonly megabytes: number }
  | { readonly kind: "gone"; readonly why: string }
  | { readonly kind: "alive" };
