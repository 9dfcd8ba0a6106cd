/** Bars or groups of bars, oldest first: open, high, low and close are exact; times in seconds after the figure's origin. */
export type CandleSeries = {
  /** Length of one candle. */
  readonly spanS: number;
  readonly closeS: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  /** Not there where the source has none. */
  readonly volume?: readonly number[];
};

/** A curve; `look` picks its colour and its dashes. */
export type LineSeries = {
  readonly name: string;
  readonly look: "strategy" | "benchmark" | "fall" | "cost" | "exposure" | "price" | `series-${number}`;
  /** Filled down (or up) to zero. */
  readonly isFilled: boolean;
  /** Holds its value until the next point. */
  readonly isStepped: boolean;
  readonly timeS: readonly number[];
  readonly value: readonly number[];
};

/** When a symbol was held: +1 long, -1 short, anything between for a part of the stretch. */
export type HeldSpans = {
  readonly fromS: readonly number[];
  readonly toS: readonly number[];
  readonly side: readonly number[];
};

/** Closed trades of one symbol: what the triangles and the card behind them say. */
export type TradeMarks = {
  readonly entryS: readonly number[];
  readonly exitS: readonly number[];
  readonly entryPrice: readonly number[];
  readonly exitPrice: readonly number[];
  readonly side: readonly number[];
  readonly pnl: readonly number[];
  readonly returnFraction: readonly number[];
  /** Rows of `reasons`. */
  readonly entryReason: readonly number[];
  readonly exitReason: readonly number[];
  readonly reasons: readonly string[];
};

/** What was in force when, one lane per name: stretches of time, or columns with the share of their time. */
export type Lanes = {
  readonly names: readonly string[];
  /** Stand beside the lanes; made here and never taken from data. */
  readonly letters: readonly string[];
  /** Picks the colour of each lane. */
  readonly looks: readonly string[];
  readonly fromS: readonly number[];
  readonly toS: readonly number[];
  readonly lane: readonly number[];
  readonly share: readonly number[];
};

/** Shares of a whole over time; at each time those of all names add up to 1. */
export type Shares = {
  readonly names: readonly string[];
  readonly letters: readonly string[];
  readonly looks: readonly string[];
  readonly timeS: readonly number[];
  /** By name. */
  readonly values: readonly (readonly number[])[];
};

/** A number in a circle at a point of a panel. */
export type Note = { readonly timeS: number; readonly value: number; readonly text: string };

/** One of the charts that stand on a common time axis. */
export type TimePanel = {
  readonly title: string;
  /** Height of the plot in pixels. */
  readonly height: number;
  readonly unit: "price" | "percent" | "money" | "ratio";
  readonly isLog: boolean;
  readonly candles?: CandleSeries;
  readonly lines?: readonly LineSeries[];
  readonly held?: HeldSpans;
  readonly lanes?: Lanes;
  readonly shares?: Shares;
  readonly trades?: TradeMarks;
  readonly notes?: readonly Note[];
};

/** Panels over one time axis, as plain data: drawn once for the page and again by the page when a person zooms. */
export type TimeFigure = {
  readonly originMs: number;
  /** The whole range, in seconds after the origin. */
  readonly fromS: number;
  readonly toS: number;
  /** Where what was chosen had been seen before: up to here a result is in sample, and the plots are shaded. */
  readonly sampleToS?: number;
  readonly panels: readonly TimePanel[];
};

/** What part of a figure to draw, how wide, and on which scale. */
export type TimeView = {
  readonly fromS: number;
  readonly toS: number;
  readonly width: number;
  /** Draws money on a logarithmic scale whatever the panel says. */
  readonly isLog: boolean;
};
