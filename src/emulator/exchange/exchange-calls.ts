import type { ExchangeAccount } from "./exchange-account.ts";
import type { ExchangeAnswer, ExchangeFill } from "./exchange-types.ts";

/** By what names an account is called from outside; whatever else changes it follows from these and from the tape. */
export const accountCalls = [
  "submit",
  "cancel",
  "modify",
  "replace",
  "label",
  "rejectLater",
  "holdCancel",
  "bust",
  "setLeverage",
  "setPositionMode",
] as const;

/** Something that came to an exchange from outside, at a time of its market. */
export type ExchangeCall =
  /** The next slice, which closes then. */
  | { readonly call: "advance"; readonly timeMs: number }
  | { readonly call: "halt"; readonly timeMs: number; readonly args: readonly [string, boolean] }
  | {
      readonly call: (typeof accountCalls)[number];
      readonly timeMs: number;
      readonly account: string;
      readonly args: readonly unknown[];
    };

/** What books hold: what was called, and the fills that somebody was told of. */
export type BookEntry =
  | ExchangeCall
  | { readonly call: "filled"; readonly account: string; readonly fill: ExchangeFill };

/**
 * Writes a call down before it has an effect; false where that failed, and then it must have none. An exchange, its tape and
 * its calls are the same exchange again.
 */
export type Scribe = (entry: BookEntry) => boolean;

const unwritten: ExchangeAnswer = {
  kind: "rejected",
  code: "other",
  reason: "the venue's books cannot be written",
};

/** Lets every call of an account pass through `carryOut` first. */
export function noteAccountCalls(
  account: ExchangeAccount,
  carryOut: <T>(call: ExchangeCall, act: () => T, refused: T) => T,
  timeMs: () => number,
): void {
  for (const call of accountCalls) {
    const act = account[call].bind(account) as (...args: readonly unknown[]) => unknown;
    const noted = (...args: readonly unknown[]): unknown =>
      carryOut({ call, timeMs: timeMs(), account: account.options.key, args }, () => act(...args), unwritten);
    Object.assign(account, { [call]: noted });
  }
}
