import type { Mutant } from "./mutate.ts";

/** Faults of one line that change nothing anybody could see, and why. */
type Harmless = {
  readonly path: string;
  /** The line without the fault, and the lines with one, without the spaces around them. */
  readonly before: string;
  readonly after: readonly string[];
  readonly because: string;
};

/**
 * Each was looked at after all tests had passed with it. A fault that could be told by some input belongs into a test, and
 * one that only its form tells into `mutate.ts`. They are not planted, and counted apart.
 */
export const harmless: readonly Harmless[] = [
  {
    path: "src/data/repair/repair-series.ts",
    before: "if (part.fromMs < part.toMs) await store.settleMissing(symbol, timeframe, part);",
    after: ["if (part.fromMs <= part.toMs) await store.settleMissing(symbol, timeframe, part);"],
    because: "a range without any time in it settles nothing",
  },
  {
    path: "src/engine/columns/adjusted-frame.ts",
    before: "if (this.price === before) return;",
    after: ["if (false) return;"],
    because: "a factor that is written down once more at a later time is still the same factor",
  },
  {
    path: "src/engine/columns/fold-loops.ts",
    before: "let copiesMade = 0;",
    after: ["let copiesMade = 1;"],
    because: "the number only makes the texts of two loops differ, wherever it begins",
  },
  {
    path: "src/engine/columns/fold-loops.ts",
    before: "copiesMade += 1;",
    after: ["copiesMade -= 1;", "copiesMade += 0;"],
    because: "loops whose texts are alike fold alike: it only takes longer, or counts the other way",
  },
  {
    path: "src/engine/columns/frame.ts",
    before: "private isPartial = false;",
    after: ["private isPartial = true;"],
    because: "nothing is finished that was not begun, and whoever begins a bar says whether it is a part",
  },
  {
    path: "src/engine/decision-log/decision-log.ts",
    before: "if (this.timeMs !== this.expectedTimeMs) return;",
    after: ["if (false) return;"],
    because: "times that are a log's own already are written into their own places",
  },
  {
    path: "src/engine/decision-log/decision-log.ts",
    before: "for (let k = row; k < end; k++) timeMs[length + k - row] = closeTimeMs[k]!;",
    after: ["for (let k = row; k <= end; k++) timeMs[length + k - row] = closeTimeMs[k]!;"],
    because: "the time of the slice after the last is written when that slice is recorded",
  },
  {
    path: "src/engine/execution/draft-order.ts",
    before: "if (a === b) return true;",
    after: ["if (false) return true;"],
    because: "terms that are one object are the same field by field as well: it only takes longer to say",
  },
  {
    path: "src/engine/execution/order-tracker.ts",
    before: "if (order.fillIds === noFills) order.fillIds = [fill.fillId];",
    after: ["if (false) order.fillIds = [fill.fillId];"],
    because:
      "no fill is among none, and a number after no others makes the same list: it takes three times as long",
  },
  {
    path: "src/engine/execution/risk-gate.ts",
    before: "return signOf(side) * held < 0 ? Math.abs(held) : 0;",
    after: ["return signOf(side) * held <= 0 ? Math.abs(held) : 0;"],
    because: "of nothing that is held nothing is closed, on either way",
  },
  {
    path: "src/engine/journal/journaled-broker.ts",
    before: "if (step !== null) return;",
    after: ["if (false) return;"],
    because:
      "the rows that are in the journal are counted again when the reading ends, and not asked for before",
  },
  {
    path: "src/engine/journal/restore-session.ts",
    before: "for (let k = 0; k < length; k++) {",
    after: ["for (let k = 0; k <= length; k++) {"],
    because: "behind the end of both there is nothing in the one and nothing in the other",
  },
  {
    path: "src/engine/listings.ts",
    before: "if (nowMs - lastMs < (this.goneAfterSessions - 0.5) * dayMs) return false;",
    after: [
      "if (false) return false;",
      "if (nowMs + lastMs < (this.goneAfterSessions - 0.5) * dayMs) return false;",
    ],
    because: "no calendar counts more sessions than days, so it says the same when it is asked",
  },
  {
    path: "src/engine/skip-quiet.ts",
    before: "if (to > batch.nextRow) batch.skipTo(to);",
    after: ["if (to >= batch.nextRow) batch.skipTo(to);"],
    because: "to pass over no row leaves the next one where it was",
  },
  {
    path: "src/engine/skip-quiet.ts",
    before: "const isWarmingUp = from < warmRow;",
    after: ["const isWarmingUp = from <= warmRow;"],
    because: "the first row on which a strategy is asked is lived whole in any case",
  },
  {
    path: "src/engine/skip-quiet.ts",
    before: "if (to === from) return from;",
    after: ["if (false) return from;"],
    because: "of no rows nothing is recorded, and what the last one wanted has been taken",
  },
  {
    path: "src/engine/skip-quiet.ts",
    before: 'if (completed < nextRows[0]!) return "silent";',
    after: ['if (false) return "silent";', 'if (completed < nextRows[1]!) return "silent";'],
    because: "a runner that is asked while its strategy sleeps looks at the same series and says the same",
  },
  {
    path: "src/engine/skip-quiet.ts",
    before: 'if (opinion !== "signal") nextRows[0] = runner.nextRow(completed + 1);',
    after: [
      'if (opinion !== "signal") nextRows[0] = runner.nextRow(completed - 1);',
      'if (opinion !== "signal") nextRows[0] = runner.nextRow(completed + 0);',
      'if (opinion !== "signal") nextRows[1] = runner.nextRow(completed + 1);',
      "if (false) nextRows[0] = runner.nextRow(completed + 1);",
    ],
    because: "a row that was asked before is not asked again, and the runner wakes no later by it",
  },
  {
    path: "src/engine/strategy-runner.ts",
    before: "timeMs = 0;",
    after: ["timeMs = 1;"],
    because: "a strategy is told the time before it is asked",
  },
  {
    path: "src/risk/bad-data.ts",
    before:
      "while (value < goodBarsMin && isGood(bars, last - value, gapBarsMax, calendars[index]!)) value += 1;",
    after: [
      "while (value <= goodBarsMin && isGood(bars, last - value, gapBarsMax, calendars[index]!)) value += 1;",
    ],
    because: "one good bar more than is asked for passes as well",
  },
  {
    path: "src/risk/buying-power.ts",
    before: "if (portfolio.equity > 0 && fits(value, limit)) return approve;",
    after: ["if (portfolio.equity >= 0 && fits(value, limit)) return approve;"],
    because: "a share of nothing is infinite or no number, and neither fits",
  },
  {
    path: "src/risk/correlated-exposure.ts",
    before: "if (portfolio.equity > 0 && fits(value, limit)) return approve;",
    after: ["if (portfolio.equity >= 0 && fits(value, limit)) return approve;"],
    because: "a share of nothing is infinite or no number, and neither fits",
  },
  {
    path: "src/risk/gross-exposure.ts",
    before: "if (portfolio.equity > 0 && fits(value, limit)) return approve;",
    after: ["if (portfolio.equity >= 0 && fits(value, limit)) return approve;"],
    because: "a share of nothing is infinite or no number, and neither fits",
  },
  {
    path: "src/risk/order-rate.ts",
    before: "if (limit === 0) return;",
    after: ["if (false) return;"],
    because: "a ring without places keeps nothing, and its next place is no number: it refuses all the same",
  },
  {
    path: "src/risk/position-limit.ts",
    before: "if (portfolio.equity > 0 && fits(value, limit)) return approve;",
    after: ["if (portfolio.equity >= 0 && fits(value, limit)) return approve;"],
    because: "a share of nothing is infinite or no number, and neither fits",
  },
  {
    path: "src/risk/volatility-breaker.ts",
    before: "if (Number.isNaN(high + low + close)) return;",
    after: ["if (Number.isNaN(high - low + close)) return;", "if (Number.isNaN(high + low - close)) return;"],
    because: "it is only asked whether one of them is no number",
  },
  {
    path: "src/venue/account-state.ts",
    before: "order.remaining = 0;",
    after: ["order.remaining = 1;"],
    because: "an order that sleeps is told how much it may do when it wakes",
  },
  {
    path: "src/venue/account-state.ts",
    before: "timeMs: -Infinity,",
    after: ["timeMs: 0,"],
    because: "an account is taken to the time of a slice before anything is asked of it",
  },
  {
    path: "src/venue/account-state.ts",
    before: "const larger = new Uint8Array(Math.max(orderId + 1, state.seen.length * 2));",
    after: ["const larger = new Uint8Array(Math.max(orderId + 1, state.seen.length / 2));"],
    because: "there is room for the number in any case: growing by one only takes longer",
  },
  {
    path: "src/venue/affordable.ts",
    before: "if (fewer <= 0 || fewer === quantity) return 0;",
    after: ["if (fewer < 0 || fewer === quantity) return 0;"],
    because: "of no lots none are bought, whether they are paid for or not",
  },
  {
    path: "src/venue/fill-order.ts",
    before:
      "order.remaining = order.remaining - quantity <= order.remaining * 1e-12 ? 0 : order.remaining - quantity;",
    after: [
      "order.remaining = order.remaining - quantity < order.remaining * 1e-12 ? 0 : order.remaining - quantity;",
    ],
    because: "nothing is left of a whole fill, which is less than the limit, and never the limit itself",
  },
  {
    path: "src/venue/inside-bar.ts",
    before: "if (dueUpward.length + dueDownward.length > 0) {",
    after: ["if (dueUpward.length + dueDownward.length >= 0) {"],
    because: "two empty ways lead nowhere: going them only takes time",
  },
  {
    path: "src/venue/margin-call.ts",
    before: "if (surplus(state) > ledger.grossExposure() * 1e-9) row = to;",
    after: [
      "if (surplus(state) >= ledger.grossExposure() * 1e-9) row = to;",
      "if (surplus(state) > ledger.grossExposure() / 1e-9) row = to;",
      "if (false) row = to;",
    ],
    because: "where all rows are not passed at once, each is looked at, with the same answer",
  },
  {
    path: "src/venue/margin-call.ts",
    before: "if (ledger.isPlain) {",
    after: ["if (false) {"],
    because: "each row that all of them together would have passed is passed alone as well",
  },
  {
    path: "src/venue/margin-call.ts",
    before: "for (let k = 0; k < count; k++) {",
    after: ["for (let k = 1; k < count; k++) {"],
    because: "where not all that is held was seen the bars are gone through, with the same answer",
  },
  {
    path: "src/venue/margin-call.ts",
    before: "else state.openCount -= 1;",
    after: ["else state.openCount += 1;", "else state.openCount -= 0;"],
    because:
      "an account whose orders are over is taken through every bar as one with orders is: it only takes longer",
  },
  {
    path: "src/venue/margin-call.ts",
    before: "if (ledger.held.length === 0) return;",
    after: ["if (false) return;"],
    because: "where nothing is held there is nothing to close",
  },
  {
    path: "src/venue/margin-call.ts",
    before: "if (held === 0) return state.ledger.lastPrice[index]!;",
    after: ["if (false) return state.ledger.lastPrice[index]!;"],
    because: "the price of what is not held counts for nothing, and is put back afterwards",
  },
  {
    path: "src/venue/margin-call.ts",
    before: "const sign = held > 0 ? 1 : -1;",
    after: ["const sign = held >= 0 ? 1 : -1;"],
    because: "what is not held was answered before",
  },
  {
    path: "src/venue/margin-call.ts",
    before: "let worst = sign > 0 ? bar.low : bar.high;",
    after: ["let worst = sign >= 0 ? bar.low : bar.high;"],
    because: "a sign is never zero",
  },
  {
    path: "src/venue/margin-call.ts",
    before: "if (before <= 0) return;",
    after: ["if (before < 0) return;"],
    because: "a way of no length ends where it begins",
  },
  {
    path: "src/venue/margin-call.ts",
    before: "for (let k = 0; k < 60; k++) {",
    after: ["for (let k = 1; k < 60; k++) {", "for (let k = 0; k <= 60; k++) {"],
    because: "a way that was halved so often is shorter than any tick",
  },
  {
    path: "src/venue/margin-call.ts",
    before: "if (surplusAt(way) >= 0) alive = way;",
    after: ["if (surplusAt(way) > 0) alive = way;"],
    because: "the very border belongs to either side: the halves meet there",
  },
  {
    path: "src/venue/margin-call.ts",
    before: "ledger.lastPrice[index] = held > 0 ? low[rows[k]!]! : high[rows[k]!]!;",
    after: ["ledger.lastPrice[index] = held >= 0 ? low[rows[k]!]! : high[rows[k]!]!;"],
    because: "what is not held was left out before",
  },
  {
    path: "src/venue/margin-call.ts",
    before: "if (from === to) return to;",
    after: ["if (false) return to;"],
    because: "of no rows none is gone through",
  },
  {
    path: "src/venue/margin-call.ts",
    before: "const isLong = ledger.quantity[0]! > 0;",
    after: ["const isLong = ledger.quantity[0]! >= 0;"],
    because: "it is asked only where something is held",
  },
  {
    path: "src/venue/margin-call.ts",
    before: "for (let k = from + 1; k < to; k++)",
    after: [
      "for (let k = from + 0; k < to; k++)",
      "for (let k = from - 1; k < to; k++)",
      "for (let k = from + 1; k <= to; k++)",
    ],
    because: "a row too many can only look worse, and then each row is looked at alone",
  },
  {
    path: "src/venue/run-slice.ts",
    before: "if (!state.hasTimers) return;",
    after: ["if (false) return;"],
    because: "orders without anything that time brings are passed over one by one",
  },
  {
    path: "src/venue/run-slice.ts",
    before: "if (book.length === 0) continue;",
    after: ["if (false) continue;"],
    because: "an empty book has no timers, and sweeping it leaves it empty",
  },
  {
    path: "src/venue/venue-account.ts",
    before:
      "const session = isDay ? state.calendars[order.instrument]!.sessionOf(order.requestedMs + 1) : 0;",
    after: [
      "const session = isDay ? state.calendars[order.instrument]!.sessionOf(order.requestedMs + 1) : 1;",
    ],
    because: "of an order that does not end with its day nobody asks for the day",
  },
  {
    path: "src/venue/venue.ts",
    before: "const none = new Int32Array(0);",
    after: ["const none = new Int32Array(1);"],
    because: "a slice that counts no bars is read no further",
  },
];

/** Whether a fault is known to change nothing. */
export function isHarmless({ path, before, after }: Pick<Mutant, "path" | "before" | "after">): boolean {
  return harmless.some((one) => one.path === path && one.before === before && one.after.includes(after));
}
