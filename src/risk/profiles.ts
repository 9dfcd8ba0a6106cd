import type { ParamValue } from "../domain/params.ts";

/** A rule of a profile by name, with its options. */
export type ProfileRule = { readonly use: string } & Readonly<Record<string, ParamValue>>;

/** What a named profile of risk stands for. */
export type RiskProfile = {
  readonly summary: string;
  /** Largest share of equity in one symbol; a sizing that names no fraction of its own keeps to it. */
  readonly positionShare: number;
  readonly rules: readonly ProfileRule[];
};

/**
 * The profiles by name. Shares are of equity; a loss is measured from the start of the session, a drawdown from the
 * highest equity.
 *
 * |                                    | conservative | moderate | aggressive |
 * |------------------------------------|--------------|----------|------------|
 * | one position, at most              | 20 %         | 50 %     | 100 %      |
 * | all positions together, at most    | 50 %         | 100 %    | 200 %      |
 * | symbols held at once, at most      | 5            | 10       | 20         |
 * | session's loss that ends the day   | 1 %, closes  | 3 %      | 6 %        |
 * | drawdown that ends the run         | 10 %         | 20 %     | 35 %       |
 * | volatility over usual that pauses  | 2 times      | 3 times  | 4 times    |
 * | overdue or missing bars, at most   | 1            | 2        | 3          |
 *
 * A cash account never holds more than 100 % together, whatever the profile.
 */
export const riskProfiles: Readonly<Record<"conservative" | "moderate" | "aggressive", RiskProfile>> = {
  conservative: {
    summary: "Small positions, half of the money in the market, out at a drawdown of a tenth.",
    positionShare: 0.2,
    rules: rules(0.2, 0.5, 5, { limit: 0.01, action: "flatten" }, 0.1, 2, 1),
  },
  moderate: {
    summary: "Half of the money in one position at most, out at a drawdown of a fifth.",
    positionShare: 0.5,
    rules: rules(0.5, 1, 10, { limit: 0.03 }, 0.2, 3, 2),
  },
  aggressive: {
    summary: "All of the money in one position, twice of it in all, out at a drawdown of a third.",
    positionShare: 1,
    rules: rules(1, 2, 20, { limit: 0.06 }, 0.35, 4, 3),
  },
};

/**
 * The trading profiles by name: what stands in front of every order, however much of the account it is. `trader`: a limit
 * or trigger at most 10 % from the last close, an order of at most four times what usually trades in a bar, sixty orders a
 * minute, none twice within a second, positions that move together at most as large as equity, and a bar in twenty that
 * loses more than 10 % of it at the most.
 */
export const tradingProfiles: Readonly<Record<"trader", readonly ProfileRule[]>> = {
  trader: [
    { use: "price-collar", limit: 0.1 },
    { use: "order-size", volumeShare: 4, volumeBars: 20 },
    { use: "order-rate", limit: 60, spanMs: 60_000 },
    { use: "duplicate-order", spanMs: 1_000 },
    { use: "correlated-exposure", limit: 1 },
    { use: "value-at-risk", limit: 0.1, level: 0.95 },
  ],
};

function rules(
  positionShare: number,
  grossShare: number,
  positions: number,
  dailyLoss: Readonly<Record<string, ParamValue>>,
  drawdown: number,
  volatilityMultiple: number,
  barsOverdue: number,
): readonly ProfileRule[] {
  return [
    { use: "position-limit", limit: positionShare },
    { use: "gross-exposure", limit: grossShare },
    { use: "open-positions", limit: positions },
    { use: "daily-loss-halt", ...dailyLoss },
    { use: "drawdown-halt", limit: drawdown },
    { use: "volatility-breaker", multiple: volatilityMultiple },
    { use: "stale-data", barsMax: barsOverdue },
    { use: "bad-data", gapBarsMax: barsOverdue },
  ];
}
