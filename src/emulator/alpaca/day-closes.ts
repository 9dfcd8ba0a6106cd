import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { dayMs } from "../../base/time.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";

/** Equity at the end of one trading day. */
export type DayClose = { readonly day: number; readonly timeMs: number; equity: number };

/** What each account was worth at the end of each trading day, in New York, as far as the tape has come. */
export class DayCloses {
  private readonly byKey = new Map<string, DayClose[]>();
  private readonly calendar = calendarNamed("24/7@America/New_York");

  constructor(exchange: Exchange) {
    exchange.listen((event) => {
      if (event.kind === "slice") for (const account of exchange.accounts) this.note(account, event.timeMs);
    });
  }

  of(account: ExchangeAccount): readonly DayClose[] {
    return this.byKey.get(account.options.key) ?? [];
  }

  /** Equity when the day before today ended; what there was at the start where there is none. */
  lastEquity(account: ExchangeAccount): number {
    return this.of(account).at(-2)?.equity ?? account.options.cash;
  }

  private note(account: ExchangeAccount, timeMs: number): void {
    const days = this.byKey.get(account.options.key) ?? [];
    this.byKey.set(account.options.key, days);
    const day = this.calendar.sessionOf(timeMs);
    const { equity } = account.summary();
    const last = days.at(-1);
    if (last?.day === day) last.equity = equity;
    else days.push({ day, timeMs: day * dayMs, equity });
  }
}
