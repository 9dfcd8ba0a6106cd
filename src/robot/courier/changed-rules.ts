import type { VenueCode } from "../../domain/order.ts";
import type { ErrandKind } from "../../ports/journal-store.ts";
import type { Ticket } from "../desk/desk-state.ts";
import type { CourierParts, Refusal } from "./courier-parts.ts";

/** Refusals that come of steps and sizes: the venue may have changed them since it told them. */
const aboutRules: ReadonlySet<VenueCode> = new Set(["tick_size", "lot_size", "notional_min"]);

/**
 * Asks for the rules of a symbol when an order is refused for them. Where they have changed the order was made for rules
 * that are gone: it is told as refused for the moment, so that it is made anew for those of now.
 */
export class ChangedRules {
  private readonly parts: CourierParts;
  private readonly asked = new Set<Ticket>();

  constructor(parts: CourierParts) {
    this.parts = parts;
  }

  /** Whether the rules for a refused order are being asked for. */
  isAsking(ticket: Ticket): boolean {
    return this.asked.has(ticket);
  }

  /** Looks into a refusal, and tells it when that is done; false where it is about something else. */
  look(ticket: Ticket, errand: ErrandKind, refusal: Refusal, tell: (refusal: Refusal) => void): boolean {
    if (errand === "cancel" || ticket.phase === "over" || !aboutRules.has(refusal.code)) return false;
    this.asked.add(ticket);
    void this.ask(ticket, refusal)
      .then((told) => {
        this.asked.delete(ticket);
        tell(told);
      })
      .catch(this.parts.fail);
    return true;
  }

  private async ask({ request: { symbol }, clientOrderId }: Ticket, refusal: Refusal): Promise<Refusal> {
    const { connection, patience, desk, clock, hear, say, log } = this.parts;
    try {
      const instruments = await patience.within(() => connection.instruments([symbol]));
      const [rule] = instruments;
      if (rule === undefined || isSameRule(rule, desk.state.rules.get(symbol))) return refusal;
      hear({ kind: "instruments", atMs: clock.nowMs(), instruments });
      const message = `the venue has changed its rules for ${symbol}: prices in steps of ${rule.tickSize}, quantities in steps of ${rule.lotSize}, ${rule.quantityMin} at least`;
      say({ kind: "rules changed", gravity: "notice", symbol, message });
      return { ...refusal, code: "unavailable", reason: `its rules have changed: ${refusal.reason}` };
    } catch (error) {
      log.warn({ clientOrderId, error: String(error) }, `could not ask for the rules of ${symbol}`);
      return refusal;
    }
  }
}

function isSameRule(rule: object, known: object | undefined): boolean {
  return JSON.stringify(rule) === JSON.stringify(known);
}
