import { actionsBySymbol } from "../../domain/corporate-action.ts";
import { historyOf, type CostTables, type RatesBySymbol } from "../../domain/cost-tables.ts";
import { borrowBetween, fundingBetween } from "../../costs/held-rates.ts";
import { halfSpreadOf } from "../../costs/quoted-spread.ts";
import type { VenueOptions } from "../../venue/venue-options.ts";
import { priceStep } from "../../base/numbers.ts";
import type { Ledger } from "../../domain/ledger.ts";
import type { Listings } from "../../engine/listings.ts";
import type { Broker } from "../../ports/broker.ts";
import type { CommissionModel, SlippageModel } from "../../ports/costs.ts";
import { ActionsDesk } from "../../venue/actions-desk.ts";
import { DelistingDesk } from "../../venue/delisting-desk.ts";
import { SimulatedBroker } from "../../venue/simulated-broker.ts";
import { Venue } from "../../venue/venue.ts";
import { maintenanceMarginOf } from "../config/run-config.ts";
import type { BacktestSetup, Ground } from "./backtest-setup.ts";

/** What trading and holding cost in the past, by instrument; nothing where no file says so. */
function heldRates(
  instruments: Ground["instruments"],
  { borrowRate, fundingRate }: BacktestSetup["config"]["costs"],
  tables: CostTables = {},
): Pick<VenueOptions, "borrowed" | "funded" | "halfSpreads"> {
  const of = (rates: RatesBySymbol, between: typeof fundingBetween, otherwise: number) =>
    instruments.map(({ symbol }) => {
      const history = historyOf(rates, symbol);
      return history === undefined ? undefined : between(history, otherwise);
    });
  const { spreads } = tables;
  const quoted = instruments.map(({ symbol }) => {
    const history = spreads?.[symbol];
    return history === undefined ? undefined : halfSpreadOf(history);
  });
  return {
    ...(spreads === undefined ? {} : { halfSpreads: quoted }),
    ...(tables.borrow === undefined ? {} : { borrowed: of(tables.borrow, borrowBetween, borrowRate) }),
    ...(tables.funding === undefined ? {} : { funded: of(tables.funding, fundingBetween, fundingRate) }),
  };
}

/** The simulated venue of a run, with a desk in front of it where symbols may be delisted. */
export function buildBroker(
  {
    config: { account, costs, execution },
    actions = [],
    costTables,
  }: Pick<BacktestSetup, "config" | "actions" | "costTables">,
  { instruments, calendars, bars }: Ground,
  ledger: Ledger,
  models: { readonly commission: CommissionModel; readonly slippage: SlippageModel },
  listings: Listings | null,
): Broker {
  const options = {
    accountKind: account.kind,
    leverage: account.leverage,
    maintenanceMargin: maintenanceMarginOf(account),
    ...models,
    latencyMs: costs.latencyMs,
    volumeShareMax: costs.volumeShareMax,
    borrowRate: costs.borrowRate,
    fundingRate: costs.fundingRate,
    ...heldRates(instruments, costs, costTables),
  };
  const brokerOver = (tables: Ground["bars"]): SimulatedBroker =>
    new SimulatedBroker(new Venue({ instruments, bars: tables }, calendars).openAccount(ledger, options));
  const acted = (broker: Broker, venue: SimulatedBroker): Broker => {
    if (actions.length === 0) return broker;
    const bySymbol = actionsBySymbol(actions);
    const subjects = instruments.map((instrument, index) => {
      const own = bySymbol.get(instrument.symbol);
      return own === undefined ? undefined : { instrument, calendar: calendars[index]!, actions: own };
    });
    return new ActionsDesk(broker, venue, ledger, subjects);
  };
  if (listings === null) {
    const venue = brokerOver(bars);
    return acted(venue, venue);
  }
  // Closing bars stand in for the bars of what is gone, in a list that only the venue reads.
  const shown = [...bars];
  const venue = brokerOver(shown);
  const desk = new DelistingDesk(venue, ledger, bars, shown, {
    isGone: (index) => listings.isGone(index),
    priceOf: (index, lastPrice) =>
      Math.max(
        // Nothing at all is no price.
        priceStep(lastPrice, instruments[index]!.tickSize),
        lastPrice * (1 + execution.delistingReturn),
      ),
  });
  return acted(desk, venue);
}
