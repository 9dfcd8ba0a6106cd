import type {
  AccountSnapshot,
  Acknowledgement,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenueOrderRequest,
} from "../../../src/ports/broker-connection.ts";

/** The venue at the far end of a link: it answers at once and never fails. What fails is the way there. */
export interface VenueSide {
  submit(order: VenueOrderRequest): Acknowledgement;
  cancel(clientOrderId: string): Acknowledgement;
  modify(order: VenueOrderRequest): Acknowledgement;
  account(): AccountSnapshot;
  openOrders(): readonly VenueOrder[];
  order(clientOrderId: string): VenueOrder | null;
  fillsSince(sinceMs: number): readonly VenueFill[];
  instruments(symbols: readonly string[]): readonly VenueInstrument[];
  isOpen(symbol: string): boolean;
  isReached(order: VenueOrderRequest): boolean;
  refuseLate(clientOrderId: string): boolean;
  /** Calls back with everything that happens on the account. The returned function ends that. */
  listen(listener: VenueNews): () => void;
}

/** Who hears what happens on the account. */
export type VenueNews = {
  readonly onOrder?: (order: VenueOrder) => void;
  readonly onFill: (fill: VenueFill) => void;
};
