import { dayMs, minuteMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { ZoneClock } from "../../domain/calendar/zone-clock.ts";
import type { WireReply, WireRequest } from "../wire/face.ts";
import type { Route } from "../wire/router.ts";
import type { AlpacaContext } from "./alpaca-context.ts";
import { alpacaError, badRequest } from "./alpaca-errors.ts";
import { assetClass, assetJson, findListing } from "./alpaca-assets.ts";

/** What trades, and when: assets, clock and calendar. */
export const marketRoutes: readonly Route<AlpacaContext>[] = [
  ["GET /v2/assets", assets],
  ["GET /v2/assets/*", asset],
  ["GET /v2/clock", clock],
  ["GET /v2/calendar", calendar],
];

const stocks = calendarNamed("us-equity");
const newYork = new ZoneClock("America/New_York");
/** Sessions begin and end at full five minutes. */
const stepMs = 5 * minuteMs;
const longestPauseMs = 6 * dayMs;

function assets({ exchange }: AlpacaContext, { query }: WireRequest): WireReply {
  const kind = query.get("asset_class") ?? "us_equity";
  const status = query.get("status");
  const chosen =
    status === "inactive" ? [] : exchange.listings.filter((listing) => assetClass(listing) === kind);
  return {
    status: 200,
    body: chosen.map((listing) => assetJson(listing, exchange.isHalted(listing.symbol))),
  };
}

function asset({ exchange }: AlpacaContext, _request: WireRequest, name: string): WireReply {
  const listing = findListing(exchange, name);
  return listing === null
    ? alpacaError(404, 40410000, `asset not found for ${name}`)
    : { status: 200, body: assetJson(listing, exchange.isHalted(listing.symbol)) };
}

/** The market's time, which is that of the tape. */
function clock({ exchange }: AlpacaContext): WireReply {
  const nowMs = exchange.timeMs;
  const isOpen = stocks.isOpen(nowMs);
  const changeMs = nextChange(nowMs);
  const afterMs = nextChange(changeMs);
  return {
    status: 200,
    body: {
      timestamp: localTime(nowMs),
      is_open: isOpen,
      next_open: localTime(isOpen ? afterMs : changeMs),
      next_close: localTime(isOpen ? changeMs : afterMs),
    },
  };
}

/** When trading opens or closes next. */
function nextChange(fromMs: number): number {
  const isOpen = stocks.isOpen(fromMs);
  let timeMs = (Math.floor(fromMs / stepMs) + 1) * stepMs;
  while (stocks.isOpen(timeMs) === isOpen && timeMs < fromMs + longestPauseMs) timeMs += stepMs;
  return timeMs;
}

/** RFC 3339 in the time of New York. */
function localTime(timeMs: number): string {
  const offsetMs = newYork.offsetAt(timeMs);
  const sign = offsetMs < 0 ? "-" : "+";
  const hours = String(Math.abs(offsetMs) / 3_600_000).padStart(2, "0");
  return `${new Date(timeMs + offsetMs).toISOString().slice(0, -1)}${sign}${hours}:00`;
}

const daysMax = 3_660;

function calendar({ exchange }: AlpacaContext, { query }: WireRequest): WireReply {
  const year = new Date(exchange.timeMs).getUTCFullYear();
  const fromMs = Date.parse(query.get("start") ?? `${year}-01-01`);
  const toMs = Date.parse(query.get("end") ?? `${year}-12-31`);
  if (Number.isNaN(fromMs) || Number.isNaN(toMs)) return badRequest("start and end are dates");
  const days: unknown[] = [];
  const firstMs = Math.floor(fromMs / dayMs) * dayMs;
  for (let localMs = firstMs; localMs <= toMs && localMs < firstMs + daysMax * dayMs; localMs += dayMs) {
    const noonMs = newYork.instantOf(localMs + dayMs / 2);
    if (!stocks.isOpen(noonMs)) continue;
    const closeMs = nextChange(noonMs);
    const date = new Date(localMs).toISOString().slice(0, 10);
    days.push({
      date,
      open: "09:30",
      close: localTime(closeMs).slice(11, 16),
      session_open: "0400",
      session_close: "2000",
      settlement_date: date,
    });
  }
  return { status: 200, body: days };
}
