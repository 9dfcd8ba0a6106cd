import type {
  AccountSnapshot,
  Acknowledgement,
  BrokerListener,
  OpenOrders,
  VenueFill,
  VenueOrder,
  VenueOrderRequest,
} from "../../src/ports/broker-connection.ts";
import { sleep, type Clock } from "../../src/ports/clock.ts";
import { PlainLink } from "../robot/plain-link.ts";
import type { ExchangeSide } from "../simulation/execution/exchange-side.ts";

/** What is wrong between a robot and its venue; nothing at first. */
export type Trouble = {
  /** The line is down: nothing is heard, nothing arrives. */
  isDown: boolean;
  /** Orders are taken and the answer is lost, or they never arrive. */
  loses: "nothing" | "answers" | "orders";
  /** The venue answers every question and order with an error. */
  hasErrors: boolean;
  /** How long every answer takes. */
  answerMs: number;
  /** Everything that the venue tells is told once more two seconds later. */
  doubles: boolean;
  /** The venue's clock minus the true time. */
  venueAheadMs: number;
};

/** No trouble at all. */
export const noTrouble: Trouble = {
  isDown: false,
  loses: "nothing",
  hasErrors: false,
  answerMs: 0,
  doubles: false,
  venueAheadMs: 0,
};

/** A line to the exchange in memory that fails in the ways of real ones, when a test says so. */
export class TroubledLink extends PlainLink {
  trouble: Trouble = { ...noTrouble };
  private readonly clock: Clock;

  constructor(side: ExchangeSide, clock: Clock) {
    super(side);
    this.clock = clock;
  }

  override async open(listener: BrokerListener): Promise<void> {
    this.failIfTroubled();
    const tell = (what: () => void): void => {
      if (this.trouble.isDown) return;
      what();
      if (this.trouble.doubles) this.clock.schedule(2_000, what);
    };
    await super.open({
      onOrder: (order) => tell(() => listener.onOrder(order)),
      onFill: (fill) => tell(() => listener.onFill(fill)),
      onLine: (line) => listener.onLine(line),
    });
  }

  /** The line goes down, or comes back. */
  setDown(isDown: boolean): void {
    this.trouble.isDown = isDown;
    const atMs = this.clock.nowMs();
    this.line = isDown ? { kind: "down", atMs, reason: "the venue is away" } : { kind: "live", atMs };
    this.listener?.onLine(this.line);
  }

  override submit(order: VenueOrderRequest): Promise<Acknowledgement> {
    return this.carried(() => super.submit(order));
  }

  override cancel(clientOrderId: string): Promise<Acknowledgement> {
    return this.carried(() => super.cancel(clientOrderId));
  }

  override modify(order: VenueOrderRequest): Promise<Acknowledgement> {
    return this.carried(() => super.modify(order));
  }

  override account(): Promise<AccountSnapshot> {
    return this.asked(() => super.account());
  }

  override openOrders(): Promise<OpenOrders> {
    return this.asked(() => super.openOrders());
  }

  override order(clientOrderId: string): Promise<VenueOrder | null> {
    return this.asked(() => super.order(clientOrderId));
  }

  override fillsSince(sinceMs: number): Promise<readonly VenueFill[]> {
    return this.asked(() => super.fillsSince(sinceMs));
  }

  override timeMs(): Promise<number> {
    return this.asked(() => Promise.resolve(this.clock.nowMs() + this.trouble.venueAheadMs));
  }

  private async carried(send: () => Promise<Acknowledgement>): Promise<Acknowledgement> {
    const { isDown, loses, hasErrors } = this.trouble;
    if (isDown || hasErrors || loses === "orders") return { kind: "unknown", reason: "503 or no answer" };
    const answer = await send();
    await this.onTheWay();
    return loses === "answers" ? { kind: "unknown", reason: "the answer was lost" } : answer;
  }

  private async asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    this.failIfTroubled();
    await this.onTheWay();
    return ask();
  }

  private async onTheWay(): Promise<void> {
    if (this.trouble.answerMs > 0) await sleep(this.clock, this.trouble.answerMs);
  }

  private failIfTroubled(): void {
    if (this.trouble.isDown) throw new Error("connection refused");
    if (this.trouble.hasErrors) throw new Error("HTTP 500: internal server error");
  }
}
