import { KiwiError } from "../../../base/errors.ts";
import type { VenueFill, VenueOrder } from "../../../ports/broker-connection.ts";
import { sleep, type Clock } from "../../../ports/clock.ts";
import type { Wire, WireEvents } from "../../shared/wire.ts";
import { textOf } from "./order-caller.ts";
import type { VenueEvent } from "./venue-connection.ts";

/** How a venue without a stream is watched. */
export type PollingOptions = {
  readonly clock: Clock;
  /** Between two looks at whether anything has changed. */
  readonly everyMs: number;
  /** What changes with everything that happens, where the venue has such a thing: the same text, and nothing is asked. */
  readonly pulse?: () => Promise<string>;
  /** So long at most nothing is asked, whatever the pulse. */
  readonly idleMsMax: number;
  readonly openOrders: () => Promise<readonly VenueOrder[]>;
  /** Fills that have not been given before, or some of them again, oldest first. */
  readonly newFills: () => Promise<readonly VenueFill[]>;
  readonly order: (
    order: Pick<VenueOrder, "clientOrderId" | "venueOrderId" | "symbol">,
  ) => Promise<VenueOrder | null>;
};

/**
 * A stream for a venue that has none: it asks, and tells what is different from before. Nothing is lost between two looks,
 * since each sees everything: an order that no longer works is asked for by name, and fills are read behind the orders.
 * One watch lasts for the connection; each wire of it goes on from what the last one knew.
 */
export class PollingWatch {
  private readonly options: PollingOptions;
  private readonly known = new Map<string, VenueOrder>();

  constructor(options: PollingOptions) {
    this.options = options;
  }

  /** Watches until it is closed, or a question fails. */
  openWire(events: WireEvents): Wire {
    const closing = new AbortController();
    void this.run(events, closing.signal);
    return { close: () => closing.abort(new Error("the wire was closed")) };
  }

  private async run({ message, lost }: WireEvents, signal: AbortSignal): Promise<void> {
    const { clock, everyMs, pulse, idleMsMax } = this.options;
    const tell = (event: VenueEvent): void => {
      if (!signal.aborted) message(event);
    };
    let beat: string | null = null;
    let lookedMs = Number.NEGATIVE_INFINITY;
    try {
      for (let isFirst = true; ; isFirst = false) {
        const next = (await pulse?.()) ?? null;
        if (next === null || next !== beat || clock.nowMs() - lookedMs >= idleMsMax) {
          lookedMs = clock.nowMs();
          for (const event of await this.look()) tell(event);
          beat = next;
        }
        tell(isFirst ? { kind: "ready" } : { kind: "alive" });
        await sleep(clock, everyMs, signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof KiwiError) return lost(error.parts.message);
      lost(textOf(error));
    }
  }

  private async look(): Promise<readonly VenueEvent[]> {
    const { openOrders, newFills, order } = this.options;
    const working = await openOrders();
    const fills = await newFills();
    const told: VenueEvent[] = fills.map((fill) => ({ kind: "fill", fill }));
    const ids = new Set(working.map(({ venueOrderId }) => venueOrderId));
    const over = new Map<string, Pick<VenueOrder, "clientOrderId" | "venueOrderId" | "symbol">>();
    for (const one of this.known.values()) if (!ids.has(one.venueOrderId)) over.set(one.venueOrderId, one);
    // What was sent and filled between two looks was never seen to work.
    for (const fill of fills) if (!ids.has(fill.venueOrderId)) over.set(fill.venueOrderId, fill);
    for (const [id, one] of over) {
      const found = await order(one);
      if (found !== null) told.push({ kind: "order", order: found });
      this.known.delete(id);
    }
    for (const one of working) {
      const before = this.known.get(one.venueOrderId);
      this.known.set(one.venueOrderId, one);
      if (before === undefined || isChanged(before, one)) told.push({ kind: "order", order: one });
    }
    return told;
  }
}

function isChanged(before: VenueOrder, now: VenueOrder): boolean {
  return (
    before.status !== now.status ||
    before.filledQuantity !== now.filledQuantity ||
    before.quantity !== now.quantity ||
    JSON.stringify(before.terms) !== JSON.stringify(now.terms)
  );
}
