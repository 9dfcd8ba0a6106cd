import { utcOpenOf } from "./bar-grid.ts";
import { TradeBars, type TradeBar } from "../../../data/trades-to-bars.ts";
import { calendarNamed } from "../../../domain/calendar/calendar-named.ts";
import type { Interpret, StreamEvent, StreamTopic } from "./stream-events.ts";

/** How long after its end a bar is kept open for trades that are still on their way. */
const graceMs = 1_000;
/** Trades remembered per symbol, to know a message that comes twice. */
const recentMax = 1_000;

type Building = {
  readonly topic: StreamTopic;
  readonly bars: TradeBars;
  /** End of the bar that was under way when the connection opened: its beginning is missing. NaN when it is over. */
  partialEndMs: number;
};

/**
 * Turns the trades that `interpret` reads into bars. Made anew for every connection: a bar whose beginning was missed
 * is not built but named, so that it can be fetched.
 */
export function barsFromTrades(topics: readonly StreamTopic[], interpret: Interpret): Interpret {
  const builder = new Builder(topics);
  return (message) =>
    interpret(message).flatMap((event) => {
      if (event.kind === "trade") return builder.addTrade(event);
      return event.kind === "time" ? builder.passTime(event.timeMs) : [event];
    });
}

class Builder {
  private readonly bySymbol = new Map<string, Building[]>();
  private readonly recent = new Map<string, Set<string>>();
  private hasBegun = false;

  constructor(topics: readonly StreamTopic[]) {
    for (const topic of topics) {
      const bars = new TradeBars(topic.timeframe, calendarNamed("24/7"));
      const list = this.bySymbol.get(topic.symbol) ?? [];
      list.push({ topic, bars, partialEndMs: Number.NaN });
      this.bySymbol.set(topic.symbol, list);
    }
  }

  addTrade(trade: Extract<StreamEvent, { kind: "trade" }>): StreamEvent[] {
    this.begin(trade.timeMs);
    const building = this.bySymbol.get(trade.symbol);
    if (building === undefined) return [{ kind: "ignored", what: "trades nobody asked for" }];
    if (!this.isNew(trade.symbol, trade.id)) return [{ kind: "ignored", what: "repeated trades" }];
    const events: StreamEvent[] = [trade];
    for (const one of building) {
      const leftOut = one.bars.lateCount + one.bars.brokenCount;
      const closed = one.bars.add(trade);
      if (one.bars.lateCount + one.bars.brokenCount > leftOut) {
        events.push({ kind: "ignored", what: `trades too late or broken for ${one.topic.timeframe}` });
      }
      events.push(...this.passBar(one, closed, trade.timeMs));
    }
    return events;
  }

  passTime(timeMs: number): StreamEvent[] {
    this.begin(timeMs);
    const events: StreamEvent[] = [{ kind: "time", timeMs }];
    for (const building of this.bySymbol.values()) {
      for (const one of building) {
        events.push(...this.passBar(one, one.bars.closeThrough(timeMs - graceMs), timeMs - graceMs));
      }
    }
    return events;
  }

  private begin(timeMs: number): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    const calendar = calendarNamed("24/7");
    for (const building of this.bySymbol.values()) {
      for (const one of building) one.partialEndMs = calendar.bucketEnd(timeMs + 1, one.topic.timeframe);
    }
  }

  private passBar(one: Building, closed: TradeBar | null, timeMs: number): StreamEvent[] {
    const { symbol, timeframe } = one.topic;
    const events: StreamEvent[] = [];
    if (timeMs >= one.partialEndMs) {
      events.push({ kind: "partial", symbol, timeframe, closeMs: one.partialEndMs });
      if (closed !== null && closed.closeTimeMs <= one.partialEndMs) closed = null;
      one.partialEndMs = Number.NaN;
    }
    if (closed === null) return events;
    const { closeTimeMs, open, high, low, close, volume } = closed;
    const row = { openMs: utcOpenOf(closeTimeMs, timeframe), open, high, low, close, volume };
    return [...events, { kind: "bar", symbol, timeframe, row, isClosed: true }];
  }

  private isNew(symbol: string, id: string): boolean {
    const recent = this.recent.get(symbol) ?? new Set<string>();
    this.recent.set(symbol, recent);
    if (recent.has(id)) return false;
    recent.add(id);
    if (recent.size > recentMax) recent.delete(recent.values().next().value!);
    return true;
  }
}
