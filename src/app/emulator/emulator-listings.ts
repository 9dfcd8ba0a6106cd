import type { Bars } from "../../domain/bars.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { listingOf } from "../../emulator/exchange/listings.ts";
import type { Listing } from "../../emulator/exchange/exchange-types.ts";
import type { EmulatedVenue } from "./emulator-options.ts";

/** So many of the last closes tell the tick of a tape that nobody has told one for. */
const closesLookedAt = 500;
const placesMax = 8;

/**
 * What a venue lists of an instrument of the tape. Venues have steps and pairs for everything: what nobody has said is told
 * from the bars, and a name that is no pair gets the money that the venue counts in.
 */
export function listingFor(instrument: Instrument, bars: Bars, venue: EmulatedVenue): Listing {
  const { symbol, lotSize, notionalMin, contractMultiplier, calendarName, assetClass } = instrument;
  const steps = {
    tickSize: instrument.tickSize > 0 ? instrument.tickSize : tickOf(bars),
    lotSize,
    quantityMin: lotSize,
    notionalMin,
    contractMultiplier,
    calendarName,
  };
  if (venue === "alpaca" && assetClass === "equity")
    return listingOf(symbol, { ...steps, assetClass, baseCurrency: symbol, quoteCurrency: "USD" });
  if (venue === "ib") return ibListing(instrument, steps);
  const { baseCurrency } = listingOf(symbol);
  const isPair = baseCurrency !== symbol;
  if (venue !== "alpaca") return listingOf(isPair ? symbol.replace("/", "") : `${symbol}USDT`, steps);
  const { quoteCurrency } = listingOf(symbol);
  return listingOf(`${baseCurrency}/${isPair ? quoteCurrency : "USD"}`, steps);
}

/** Currencies and coins are pairs there; everything else, made-up markets too, is a share in dollars. */
function ibListing({ symbol, assetClass, quoteCurrency }: Instrument, steps: Partial<Listing>): Listing {
  if (assetClass !== "equity" && listingOf(symbol).baseCurrency !== symbol)
    return listingOf(symbol, { ...steps, assetClass: assetClass === "forex" ? assetClass : "crypto" });
  const money = assetClass === "equity" ? quoteCurrency : "USD";
  return listingOf(symbol, { ...steps, assetClass: "equity", baseCurrency: symbol, quoteCurrency: money });
}

/** The finest step that the last closes were seen in. */
function tickOf({ close, length }: Bars): number {
  let places = 0;
  for (let row = Math.max(0, length - closesLookedAt); row < length; row++)
    while (places < placesMax && Number(close[row]!.toFixed(places)) !== close[row]!) places += 1;
  // A power of ten below one is the nearest fraction only when it is divided.
  return 1 / 10 ** places;
}
