/** What a delivery tells its owner. */
export type DeliveryEvents<Item> = {
  /** Items were dropped since the queue last ran empty: called with the first, and with all when it has. */
  readonly onOverflow: (dropped: readonly Item[]) => void;
  /** The receiver threw, or its promise failed; it has had its item and gets the next. */
  readonly onFailure: (error: unknown) => void;
};

/**
 * Hands items over one after the other and waits for a receiver that returns a promise. At most `sizeMax` wait; what
 * comes on top is dropped, counted and reported.
 */
export class BoundedDelivery<Item> {
  dropped = 0;
  delivered = 0;
  private readonly waiting: Item[] = [];
  private missed: Item[] = [];
  private isBusy = false;
  private isClosed = false;
  private readonly sizeMax: number;
  private readonly deliver: (item: Item) => void | Promise<void>;
  private readonly events: DeliveryEvents<Item>;

  constructor(sizeMax: number, deliver: (item: Item) => void | Promise<void>, events: DeliveryEvents<Item>) {
    this.sizeMax = sizeMax;
    this.deliver = deliver;
    this.events = events;
  }

  /** Delivers now when the receiver is free, otherwise later or never. */
  push(item: Item): void {
    if (this.isClosed) return;
    if (!this.isBusy) return this.run(item);
    if (this.waiting.length < this.sizeMax) {
      this.waiting.push(item);
      return;
    }
    this.dropped += 1;
    this.missed.push(item);
    if (this.missed.length === 1) this.events.onOverflow(this.missed);
  }

  /** Delivers nothing more. */
  close(): void {
    this.isClosed = true;
    this.waiting.length = 0;
  }

  private run(first: Item): void {
    let item: Item | undefined = first;
    while (item !== undefined && !this.isClosed) {
      this.delivered += 1;
      const result = this.hand(item);
      if (result instanceof Promise) {
        this.isBusy = true;
        void result.catch(this.events.onFailure).then(() => this.proceed());
        return;
      }
      item = this.waiting.shift();
    }
    this.reportMissed();
  }

  private hand(item: Item): void | Promise<void> {
    try {
      return this.deliver(item);
    } catch (error) {
      this.events.onFailure(error);
    }
  }

  private proceed(): void {
    this.isBusy = false;
    const next = this.waiting.shift();
    if (next !== undefined) this.run(next);
    else this.reportMissed();
  }

  private reportMissed(): void {
    if (this.missed.length < 2 || this.isClosed) {
      this.missed = [];
      return;
    }
    const missed = this.missed;
    this.missed = [];
    this.events.onOverflow(missed);
  }
}
