import { expect, test } from "vitest";
import { barsFrom, testInstrument } from "../../test/plugin-tools.ts";
import { marketOrder, sliceAt } from "../../test/risk-harness.ts";
import { calendarNamed } from "../domain/calendar/calendar-named.ts";
import { conversionsFor } from "../domain/currency.ts";
import { Ledger } from "../domain/ledger.ts";
import type { OrderId } from "../domain/order.ts";
import { Venue } from "./venue.ts";
import type { VenueAccount } from "./venue-account.ts";

test("each account hears of its own orders, from bars and from time alone", () => {
  const instruments = [testInstrument()];
  const bars = barsFrom([1, 2].map(() => [100, 100, 100, 100]));
  const venue = new Venue({ instruments, bars: [bars] }, [calendarNamed("24/7")]);
  const open = (): VenueAccount =>
    venue.openAccount(new Ledger(1_000, instruments, conversionsFor(instruments, "USD")), {
      accountKind: "margin",
      leverage: 1,
      maintenanceMargin: 0,
      commission: { fee: () => 0, rate: () => 0 },
      slippage: { fraction: () => 0, rate: () => 0 },
      latencyMs: 0,
      volumeShareMax: Infinity,
      borrowRate: 0,
      fundingRate: 0,
    });
  const accounts = [open(), open()];
  const heard: string[] = [];
  const hear: Parameters<Venue["advance"]>[1] = (account, reports) =>
    heard.push(...reports.map(({ kind }) => `${accounts.indexOf(account)} ${kind}`));
  venue.advance(sliceAt(bars.closeTimeMs[0]!, 0), hear);
  accounts[0]!.submit(marketOrder({ requestedMs: bars.closeTimeMs[0]! }));
  const dated = { timeInForce: "gtd", expireTimeMs: bars.closeTimeMs[1]! } as const;
  const terms = { type: "limit", limitPrice: 50 } as const;
  accounts[1]!.submit(marketOrder({ id: 7 as OrderId, terms, ...dated, requestedMs: bars.closeTimeMs[0]! }));
  venue.advance(sliceAt(bars.closeTimeMs[1]!, 1), hear);
  venue.tick(bars.closeTimeMs[1]!, hear);
  expect(heard).toEqual(["0 filled", "1 accepted"]);
  venue.tick(bars.closeTimeMs[1]! + 1, hear);
  expect(heard.at(-1)).toBe("1 expired");
});
