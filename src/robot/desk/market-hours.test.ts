import { expect, test } from "vitest";
import { BarTable } from "../../domain/bar-table.ts";
import type { Instrument, InstrumentIndex } from "../../domain/instrument.ts";
import type { OrderTerms, TimeInForce } from "../../domain/order.ts";
import type { VenueOrderRequest } from "../../ports/broker-connection.ts";
import { waitsUntilMs } from "./market-hours.ts";

const at = Date.parse;

function waits(
  now: string,
  calendarName = "us-equity",
  terms: OrderTerms = { type: "market" },
  timeInForce: TimeInForce = "gtc",
) {
  const bars = new BarTable("AAA", "1h");
  bars.append(at("2024-11-27T21:00:00Z"), 100, 101, 99, 100, 1_000);
  const market = { instruments: [{ calendarName } as Instrument], bars: [bars] };
  const request = { terms, timeInForce } as VenueOrderRequest;
  const untilMs = waitsUntilMs(market, 0 as InstrumentIndex, request, at(now));
  return untilMs === null ? null : new Date(untilMs).toISOString();
}

test("a market order waits for the next opening, over holidays and half days", () => {
  // The Wednesday before Thanksgiving, the day itself, and the half day after it.
  expect(waits("2024-11-27T20:59:59Z")).toBeNull();
  expect(waits("2024-11-27T21:00:00Z")).toBe("2024-11-29T14:30:00.000Z");
  expect(waits("2024-11-28T16:00:00Z")).toBe("2024-11-29T14:30:00.000Z");
  expect(waits("2024-11-29T14:30:00Z")).toBeNull();
  expect(waits("2024-11-29T18:00:00Z")).toBe("2024-12-02T14:30:00.000Z");
  expect(waits("2024-11-30T12:00:00Z", "24/5")).toBe("2024-12-01T22:00:00.000Z");
  expect(waits("2024-11-30T12:00:00Z", "24/7")).toBeNull();
});

test("what rests at the venue goes at any time, and what must fill at once does not", () => {
  const night = "2024-11-28T03:00:00Z";
  expect(waits(night, "us-equity", { type: "stop_market", stopPrice: 90 })).toBeNull();
  expect(waits(night, "us-equity", { type: "limit", limitPrice: 90 })).toBeNull();
  expect(waits(night, "us-equity", { type: "limit", limitPrice: 90 }, "ioc")).toBe(
    "2024-11-29T14:30:00.000Z",
  );
});

test("bars that are played back have no hours: the clock is not theirs", () => {
  expect(waits("2026-11-28T03:00:00Z")).toBeNull();
});
