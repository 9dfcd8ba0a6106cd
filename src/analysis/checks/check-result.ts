/** What a finding is about. */
export type FindingKind =
  /** A series shows another value when the bars after it are known. */
  | "column"
  /** A signal, an order or the account is another one when the bars after it are known. */
  | "decision"
  /** An order knew the price it would get. */
  | "fill"
  /** A run leaves something behind that the next run, or the next symbol, sees. */
  | "state"
  /** The strategy reaches for something that is not a bar: a file, the network, the clock, chance. */
  | "access"
  /** A series or the decisions follow the bars that come next too well. */
  | "copy"
  /** Bars as the engine itself shows them: no strategy is to blame. */
  | "engine"
  /** Decisions depend on how much history came before them. */
  | "warmup"
  /** What a model is made of is another when the bars after it are others. */
  | "learning"
  /** Two runs of the same strategy on the same bars decide differently. */
  | "repro";

/** One thing that is wrong, and who does it. */
export type Finding = {
  readonly kind: FindingKind;
  /** The strategy's name of a series, or its expression; an event; a file. */
  readonly culprit: string;
  readonly symbol: string | null;
  /** The first bar on which it shows, UTC milliseconds. */
  readonly timeMs: number | null;
  /** What an ordinary run shows there. */
  readonly shown: number | string | null;
  /** What the run that it was compared with shows there. */
  readonly otherwise: number | string | null;
  /** The finding for people. */
  readonly sentence: string;
};

/** The answer of a check: it passes when nothing was found. Null: the question does not arise, and a note says why. */
export type CheckResult<Id extends string = string> = {
  readonly id: Id;
  readonly pass: boolean | null;
  readonly findings: readonly Finding[];
  /** What was left out or cannot be said, one sentence each. */
  readonly notes: readonly string[];
  readonly strategyName: string;
  /** Bars of all symbols together: how many there were and how many of them, the newest, were compared. */
  readonly barsGiven: number;
  readonly barsCompared: number;
  /** Distinct series, counted once per symbol. */
  readonly columnsCompared: number;
};
