import type { VenueCode } from "../src/domain/order.ts";
import type { Acknowledgement, BrokerConnection } from "../src/ports/broker-connection.ts";
import type { BrokerTools, TradingMode } from "../src/ports/broker-plugin.ts";
import type { Credentials } from "../src/ports/component.ts";
import type { Clock } from "../src/ports/clock.ts";
import type { FakeBook } from "./fakes/fake-book.ts";
import type { FakeHost, FakeRequest, Fault } from "./fakes/fake-host.ts";

/** How a connection under test is made, besides the usual. */
export type ConnectOptions = {
  readonly mode?: TradingMode;
  readonly credentials?: Credentials;
  /** Options of the broker, over those of the subject. */
  readonly options?: Readonly<Record<string, unknown>>;
};

/** What the contract does to the wire of a venue. */
export type VenueHost = Pick<
  FakeHost,
  | "requests"
  | "faults"
  | "isFaulty"
  | "isRefusing"
  | "isPongless"
  | "socketHandler"
  | "socketCount"
  | "send"
  | "cutSockets"
  | "close"
>;

/** What it does to its books. */
export type VenueBook = Pick<
  FakeBook,
  "orders" | "fills" | "byClientId" | "add" | "fill" | "end" | "isSilent"
>;

/** A made-up venue on this machine and the way to connect to it. */
export type VenueUnderTest = {
  readonly host: VenueHost;
  readonly book: VenueBook;
  readonly connect: (tools: Pick<BrokerTools, "clock" | "prng">, options: ConnectOptions) => BrokerConnection;
  readonly revokeKey: () => void;
  /** Orders in one page from now on. */
  readonly setPageRows: (count: number) => void;
  /** Makes the account one that must not be traded; the text that a refusal has to hold. */
  readonly misfits: Readonly<Record<string, { readonly spoil: () => void; readonly says: RegExp }>>;
};

/** A broker and how its venue behaves, for the contract that every broker has to keep. */
export type BrokerSubject = {
  readonly name: string;
  readonly symbol: string;
  /** A symbol that is not there. */
  readonly unknownSymbol: string;
  readonly accountName: string;
  /** It is reached through a program that somebody has signed in: there is no key, and a list has no pages. */
  readonly isKeyless?: boolean;
  readonly isOrderRequest: (request: FakeRequest) => boolean;
  readonly isOpenOrdersRequest: (request: FakeRequest) => boolean;
  /** How the venue says no to an order, by what it says. */
  readonly refusals: Readonly<Record<string, readonly [fault: Fault, code: VenueCode]>>;
  /** Answers after which an order may live. */
  readonly doubts: Readonly<Record<string, Fault>>;
  /** How it says "too often", and for how long it wants silence. */
  readonly busy: (nowMs: number) => {
    readonly fault: Fault;
    readonly spanMs: number;
    /** What becomes of the order; where nothing is said it is refused as `rate_limited`. */
    readonly answer?: Partial<Acknowledgement>;
  };
  /** An address of the venue's other place. */
  readonly liveUrl: string;
  readonly paperUrl: string;
  readonly swapped: Credentials;
  readonly start: (clock: Clock) => Promise<VenueUnderTest>;
};
