import { dayMs, minuteMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { Listing } from "../exchange/exchange-types.ts";
import { decimal } from "../wire/decimal.ts";
import { contractOf } from "./ib-contracts.ts";
import { dateText, midnightBefore, sessionText, zoneName } from "./ib-times.ts";
import { frame, group } from "./frames.ts";

const orderTypes = "ACTIVETIM,ADJUST,DAY,GTC,GTD,IOC,FOK,LIT,LMT,MIT,MKT,OCA,STP,STPLMT,TRAIL";
/** So many days of hours are told. */
const daysTold = 6;

/** Everything that is known of a contract. */
export function contractDetails(listing: Listing, exchange: Exchange, reqId: number): Buffer {
  const contract = contractOf(listing, exchange);
  const { symbol, secType, currency, localSymbol, tradingClass, conId, multiplier, primaryExchange } =
    contract;
  const hours = hoursOf(listing, exchange.timeMs);
  const known = [symbol, secType, "", 0, "", contract.exchange, currency, localSymbol, tradingClass];
  const about = [multiplier, orderTypes, contract.exchange, 1, 0, symbol, primaryExchange, "", "", "", ""];
  return frame([
    10,
    reqId,
    ...known,
    tradingClass,
    conId,
    decimal(listing.tickSize),
    ...about,
    zoneName,
    hours,
    hours,
    ...group("", 0, 0), // evRule, evMultiplier, ids in other lists
    ...group(1, "", "", 26, ""), // aggGroup, what is under it, market rules, real expiry
    secType === "STK" ? "COMMON" : "",
    decimal(listing.quantityMin),
    decimal(listing.lotSize),
    decimal(listing.lotSize),
  ]);
}

/** `20240305:0930-20240305:1600;20240306:CLOSED`: when regular trading is open, day by day. */
function hoursOf({ calendarName }: Listing, timeMs: number): string {
  const calendar = calendarNamed(calendarName);
  const days: string[] = [];
  let fromMs = midnightBefore(timeMs);
  for (let day = 0; day < daysTold; day++) {
    // A day that loses or gains an hour still ends at midnight.
    const toMs = midnightBefore(fromMs + dayMs + dayMs / 2);
    const sessions: string[] = [];
    let openMs: number | null = null;
    for (let atMs = fromMs; atMs <= toMs; atMs += minuteMs) {
      const isOpen = atMs < toMs && calendar.isOpen(atMs);
      if (isOpen && openMs === null) openMs = atMs;
      if (isOpen || openMs === null) continue;
      sessions.push(`${sessionText(openMs)}-${sessionText(atMs)}`);
      openMs = null;
    }
    days.push(sessions.length === 0 ? `${dateText(fromMs)}:CLOSED` : sessions.join(";"));
    fromMs = toMs;
  }
  return days.join(";");
}
