import { KiwiError } from "../base/errors.ts";
import { didYouMean } from "../base/nearest.ts";
import { formatTime } from "../base/time.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import { unprotected, type Entry, type Signal } from "../domain/target.ts";
import type { TargetOptions } from "../ports/strategy.ts";

const market: Entry = { kind: "market" };
const noPrices: readonly number[] = [];

/** Who states a target, of what, and when: for errors. */
export type Stater = { readonly strategyName: string; readonly symbol: string; readonly timeMs: number };

/** What `target(weight, options)` means. `before` is what the same decision has said already of the symbol. Throws `STRATEGY_BAD_TARGET`, `STRATEGY_BAD_OPTION`, `STRATEGY_BAD_PRICE` and `STRATEGY_TARGET_TWICE`. */
export function wantedSignal(
  instrument: InstrumentIndex,
  weight: number,
  options: string | TargetOptions,
  before: Signal | null,
  stater: Stater,
): Signal {
  if (before !== null) throw targetTwice(stater, before, weight);
  if (!Number.isFinite(weight)) throw badTarget(stater, weight);
  refuseUnknown(options, stater);
  const signal = signalOf(instrument, weight, options);
  for (const price of pricesOf(signal)) if (!(price > 0 && price < Infinity)) throw badPrice(stater, price);
  return signal;
}

function signalOf(instrument: InstrumentIndex, weight: number, options: string | TargetOptions): Signal {
  if (typeof options === "string")
    return { instrument, weight, reason: options, entry: market, protection: unprotected };
  const { reason, entry = market, ...protection } = options;
  return { instrument, weight, reason, entry, protection };
}

const optionNames: ReadonlySet<string> = new Set([
  "reason",
  "entry",
  "stopPrice",
  "takeProfitPrice",
  "trail",
]);
const entryNames: ReadonlySet<string> = new Set(["kind", "price", "timeInForce", "expireTimeMs", "postOnly"]);

/** The types of a strategy are stripped and not checked: a stop under another name would be no stop, and nobody would know. */
function refuseUnknown(options: string | TargetOptions, stater: Stater): void {
  if (typeof options === "string") return;
  for (const name of Object.keys(options))
    if (!optionNames.has(name)) throw unknownOption(stater, name, optionNames);
  for (const name of Object.keys(options.entry ?? market))
    if (!entryNames.has(name)) throw unknownOption(stater, `entry.${name}`, entryNames);
}

/** Every price and distance that a signal names. */
function pricesOf({ entry, protection }: Signal): readonly number[] {
  if (entry === market && protection === unprotected) return noPrices;
  const { stopPrice, takeProfitPrice, trail } = protection;
  const distance = trail === undefined ? undefined : trail.kind === "amount" ? trail.amount : trail.fraction;
  const entryPrice = entry.kind === "market" ? undefined : entry.price;
  return [entryPrice, stopPrice, takeProfitPrice, distance].filter((price) => price !== undefined);
}

function badTarget({ strategyName, symbol, timeMs }: Stater, weight: number): KiwiError {
  return new KiwiError({
    code: "STRATEGY_BAD_TARGET",
    exit: "data",
    message: `strategy ${strategyName} asked for weight ${weight} of ${symbol} at ${formatTime(timeMs)}`,
    why: "a target weight is a finite number; NaN usually means a division by zero or a series that is still warming up",
    fix: `check the value before calling target(), e.g. if (Number.isFinite(weight)) target(weight, "...")`,
    topic: "strategy-errors",
  });
}

/** What other libraries call the same, where that is no near name. */
const meant: ReadonlyMap<string, string> = new Map([
  ...["limitPrice", "limit", "price", "entryPrice"].map(
    (name) => [name, 'did you mean entry: { kind: "limit", price: ... }?'] as const,
  ),
  ["entry.limitPrice", 'did you mean price? entry: { kind: "limit", price: ... }'],
  ["entry.stopPrice", 'did you mean price? entry: { kind: "stop", price: ... }'],
  ...["quantity", "size", "weight"].map(
    (name) => [name, 'did you mean the first argument? target(0.5, "why") is half of the equity'] as const,
  ),
]);

function unknownOption(
  { strategyName, symbol, timeMs }: Stater,
  name: string,
  known: ReadonlySet<string>,
): KiwiError {
  return new KiwiError({
    code: "STRATEGY_BAD_OPTION",
    exit: "data",
    message: `strategy ${strategyName} gave target() an option "${name}" for ${symbol} at ${formatTime(timeMs)}`,
    why: "there is none of that name: it would be left out without a word, and a position could stand without its stop",
    fix: `${meant.get(name) ?? didYouMean(name.replace("entry.", ""), [...known])}   (target() knows ${[...known].join(", ")})`,
    topic: "strategy-errors",
  });
}

function badPrice({ strategyName, symbol, timeMs }: Stater, price: number): KiwiError {
  return new KiwiError({
    code: "STRATEGY_BAD_PRICE",
    exit: "data",
    message: `strategy ${strategyName} named a price of ${price} for ${symbol} at ${formatTime(timeMs)}`,
    why: "entry, stop, take-profit and trail must be finite numbers above zero, or they can never trigger",
    fix: "leave the level out when its series is not known yet: an undefined stopPrice means no stop",
    topic: "strategy-errors",
  });
}

function targetTwice({ strategyName, symbol, timeMs }: Stater, before: Signal, weight: number): KiwiError {
  return new KiwiError({
    code: "STRATEGY_TARGET_TWICE",
    exit: "data",
    message: `strategy ${strategyName} stated two targets for ${symbol} at ${formatTime(timeMs)}: ${before.weight} (${before.reason}) and ${weight}`,
    why: "one decision wants one holding of a symbol; the second would silently undo the first",
    fix: "return after the first target(), or decide on one weight before calling it",
    topic: "strategy-errors",
  });
}

/** What a strategy would say later, it would say about another bar: a promise is no answer. Throws `STRATEGY_ASYNC`. */
export function refusePromise(answer: unknown, ask: string, { strategyName, symbol, timeMs }: Stater): void {
  if (typeof (answer as { readonly then?: unknown } | null)?.then !== "function") return;
  // Whatever becomes of it is said here, once.
  Promise.resolve(answer).catch(() => {});
  throw new KiwiError({
    code: "STRATEGY_ASYNC",
    exit: "data",
    message: `the ${ask} of strategy ${strategyName} returned a promise on ${symbol} at ${formatTime(timeMs)}`,
    why: "a decision belongs to its bar; what comes later would come when the bar is long over",
    fix: `let ${ask} be an ordinary function that decides at once; what must be waited for is read before the run and handed in as a series`,
    topic: "strategy-errors",
  });
}

/** `STRATEGY_THREW`: a strategy's own code failed; errors with a way out stay as they are. */
export function strategyFailure(
  { strategyName, symbol, timeMs }: Stater,
  ask: string,
  cause: unknown,
): unknown {
  if (cause instanceof KiwiError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return new KiwiError(
    {
      code: "STRATEGY_THREW",
      exit: "data",
      message: `strategy ${strategyName} failed on ${symbol} at ${formatTime(timeMs)}: ${text}`,
      why: `its ${ask} function threw, so from this bar on nobody knows what it wants; the run stops here`,
      fix: `mend the strategy; -v shows the stack, and "kiwi strategy test" runs it on synthetic bars`,
      topic: "strategy-errors",
    },
    { cause },
  );
}
