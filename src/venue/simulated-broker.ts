import type { Ledger } from "../domain/ledger.ts";
import type { ApprovedOrder, ExecutionReport } from "../domain/order.ts";
import type { MarketSlice } from "../domain/slice.ts";
import type { Broker } from "../ports/broker.ts";
import type { VenueAccount } from "./venue-account.ts";

/** One account of a simulated venue as a broker: what backtests and paper trading send their orders to. */
export class SimulatedBroker implements Broker {
  readonly account: VenueAccount;

  constructor(account: VenueAccount) {
    this.account = account;
  }

  get ledger(): Ledger {
    return this.account.ledger;
  }

  get hasAnswers(): boolean {
    return this.account.hasAnswers;
  }

  submit(order: ApprovedOrder): void {
    this.account.submit(order);
  }

  cancel(order: ApprovedOrder): void {
    this.account.cancel(order.id);
  }

  modify(order: ApprovedOrder): void {
    this.account.modify(order);
  }

  /** As `VenueAccount` says. */
  hasOrders(index: number): boolean {
    return this.account.hasOrders(index);
  }

  /** As `VenueAccount` says. */
  split(index: number, ratio: number): void {
    this.account.split(index, ratio);
  }

  quietUntil(from: number, to: number): number {
    return this.account.quietUntil(from, to);
  }

  advance(slice: MarketSlice): readonly ExecutionReport[] {
    return this.account.advance(slice);
  }
}
