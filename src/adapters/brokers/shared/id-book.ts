/** How many orders are remembered: more than a venue lets work at a time. */
const ordersMax = 20_000;

/** Which of our ids belongs to which id of the venue, the newest ones; both directions. */
export class IdBook {
  private readonly venueIds = new Map<string, string>();
  private readonly clientIds = new Map<string, string>();

  /** Remembers a pair; the first word on an id counts. */
  note(clientOrderId: string, venueOrderId: string): void {
    if (this.venueIds.has(clientOrderId)) return;
    this.venueIds.set(clientOrderId, venueOrderId);
    this.clientIds.set(venueOrderId, clientOrderId);
    if (this.venueIds.size <= ordersMax) return;
    const [oldest] = this.venueIds;
    this.venueIds.delete(oldest![0]);
    this.clientIds.delete(oldest![1]);
  }

  /** The venue's id of an order of ours, if it was heard of. */
  venueIdOf(clientOrderId: string): string | undefined {
    return this.venueIds.get(clientOrderId);
  }

  /** Our id of an order of the venue, if it was heard of. */
  clientIdOf(venueOrderId: string): string | undefined {
    return this.clientIds.get(venueOrderId);
  }
}
