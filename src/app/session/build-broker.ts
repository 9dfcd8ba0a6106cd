import type { Ledger } from "../../domain/ledger.ts";
import type { Listings } from "../../engine/listings.ts";
import type { Broker } from "../../ports/broker.ts";
import type { CommissionModel, SlippageModel } from "../../ports/costs.ts";
import { DelistingDesk } from "../../venue/delisting-desk.ts";
import { SimulatedBroker } from "../../venue/simulated-broker.ts";
import { Venue } from "../../venue/venue.ts";
import { maintenanceMarginOf, type RunConfig } from "../config/run-config.ts";
import type { Ground } from "./backtest-setup.ts";

/** The simulated venue of a run, with a desk in front of it where symbols may be delisted. */
export function buildBroker(
  { account, costs, execution }: RunConfig,
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
  };
  const brokerOver = (tables: Ground["bars"]): SimulatedBroker =>
    new SimulatedBroker(new Venue({ instruments, bars: tables }, calendars).openAccount(ledger, options));
  if (listings === null) return brokerOver(bars);
  // Closing bars stand in for the bars of what is gone, in a list that only the venue reads.
  const shown = [...bars];
  return new DelistingDesk(brokerOver(shown), ledger, bars, shown, {
    isGone: (index) => listings.isGone(index),
    priceOf: (index, lastPrice) =>
      Math.max(instruments[index]!.tickSize, lastPrice * (1 + execution.delistingReturn)),
  });
}
