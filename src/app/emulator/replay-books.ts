import { canonicalJson } from "../../base/hash.ts";
import type { Exchange } from "../../emulator/exchange/exchange.ts";
import { accountCalls, type ExchangeCall, type Scribe } from "../../emulator/exchange/exchange-calls.ts";
import { booksBroken } from "./books-errors.ts";
import type { EmulatorBooks } from "./emulator-books.ts";

/** Takes an exchange to where its books end. Throws `EMULATOR_BOOKS` where it does not come out as it was told. */
export function replayBooks(
  exchange: Exchange,
  { path, entries }: Pick<EmulatorBooks, "path" | "entries">,
): void {
  entries.forEach((entry, index) => {
    const line = index + 2;
    if (entry.call !== "filled") {
      if (!callAgain(exchange, entry)) throw booksBroken(path, line, "nothing of the kind can happen there");
      return;
    }
    const fill = exchange.account(entry.account)?.fills[entry.fill.sequence - 1];
    if (canonicalJson(fill ?? null) !== canonicalJson(entry.fill))
      throw booksBroken(path, line, "that fill comes out in another way now");
  });
}

/** Writes books until that fails, of which `onFailure` hears once: then nothing is carried out any more. */
export function scribeOf(books: EmulatorBooks, onFailure: (error: unknown) => void): Scribe {
  let hasFailed = false;
  return (entry) => {
    if (hasFailed) return false;
    try {
      books.write(entry);
    } catch (error) {
      hasFailed = true;
      onFailure(error);
    }
    return !hasFailed;
  };
}

/** Carries a call of the past out once more; false where this exchange cannot be the one that was called. */
function callAgain(exchange: Exchange, call: ExchangeCall): boolean {
  if (call.call === "advance") return exchange.nextTimeMs === call.timeMs && exchange.advance();
  exchange.tellTime(call.timeMs);
  if (call.call === "halt") {
    exchange.halt(...call.args);
    return true;
  }
  const account = exchange.account(call.account);
  if (account === null || !accountCalls.includes(call.call)) return false;
  const act = account[call.call].bind(account) as (...args: readonly unknown[]) => unknown;
  act(...call.args);
  return true;
}
