import type { FileChange } from "../wire/folder-face.ts";
import { failed, info, type DwxAnswer } from "./dwx-commands.ts";
import { hasFrame, lastClosedBar, terminalBars, type TerminalBar } from "./terminal-bars.ts";
import { contractSizeOf, lotsOf, wallOf, type TerminalContext } from "./terminal-context.ts";
import { wallText } from "./terminal-words.ts";

/** What somebody follows. */
export type Subscriptions = {
  bars: readonly { readonly symbol: string; readonly frame: string }[];
  ticks: readonly string[];
  isWatching: boolean;
};

/** Bars and prices of the terminal: what is asked for, and what is followed. */
export class MarketFiles {
  private readonly context: TerminalContext;
  private readonly followed: Subscriptions;
  private readonly watch: (change: 1 | -1) => void;

  constructor(context: TerminalContext, followed: Subscriptions, watch: (change: 1 | -1) => void) {
    this.context = context;
    this.followed = followed;
    this.watch = watch;
  }

  /** Nobody follows anything any more. */
  forget(): void {
    this.followed.ticks = [];
    this.follow([]);
  }

  /** Carries out a command about the market; null for one that is about something else. */
  take(command: string, content: string): DwxAnswer | null {
    switch (command) {
      case "SUBSCRIBE_SYMBOLS":
        return this.followTicks(content);
      case "SUBSCRIBE_SYMBOLS_BAR_DATA":
        return this.followBars(content);
      case "GET_HISTORIC_DATA":
        return this.history(content);
      case "GET_SYMBOLS":
        return { messages: [], files: { Symbols: this.symbols() } };
      default:
        return null;
    }
  }

  /** What is followed, as it is now. */
  written(): readonly FileChange[] {
    const files: FileChange[] = [];
    const bars = this.followed.bars.flatMap(({ symbol, frame }) => {
      const bar = lastClosedBar(this.context.exchange.played(symbol), frame, this.wallOf);
      return bar === null
        ? []
        : [[`${symbol}_${frame}`, { time: wallText(bar.wallMs, false), ...barView(bar) }] as const];
    });
    if (bars.length > 0) files.push({ name: "Bar_Data", text: JSON.stringify(Object.fromEntries(bars)) });
    if (this.followed.ticks.length > 0)
      files.push({ name: "Market_Data", text: JSON.stringify(Object.fromEntries(this.ticks())) });
    return files;
  }

  private readonly wallOf = (utcMs: number): number => wallOf(this.context, utcMs);

  private ticks(): readonly (readonly [string, object])[] {
    const { exchange } = this.context;
    return this.followed.ticks.map((symbol) => {
      const price = exchange.lastPrice(symbol);
      const { tickSize } = exchange.listing(symbol)!;
      return [
        symbol,
        {
          bid: price,
          ask: price,
          last: price,
          tick_value: tickSize * contractSizeOf(exchange.listing(symbol)!),
        },
      ];
    });
  }

  private followTicks(content: string): DwxAnswer {
    const names = content.split(",").filter((name) => name !== "");
    this.followed.ticks = names.filter((name) => this.context.exchange.listing(name) !== null);
    const wrong = names.filter((name) => this.context.exchange.listing(name) === null);
    return wrong.length === 0
      ? info(`Successfully subscribed to: ${content}`)
      : failed("SUBSCRIBE_SYMBOL", `Could not subscribe to symbols: ${wrong.join(", ")}`);
  }

  private followBars(content: string): DwxAnswer {
    const words = content.split(",");
    if (words.length < 2 || words.length % 2 !== 0)
      return failed("BAR_DATA_WRONG_FORMAT", `Wrong format to subscribe to bar data: ${content}`);
    const pairs = words.flatMap((symbol, k) => (k % 2 === 0 ? [{ symbol, frame: words[k + 1]! }] : []));
    const isThere = ({ symbol, frame }: (typeof pairs)[number]): boolean =>
      this.context.exchange.listing(symbol) !== null && hasFrame(frame, this.context.exchange.played(symbol));
    this.follow(pairs.filter(isThere));
    const wrong = pairs.filter((pair) => !isThere(pair)).map(({ symbol }) => `'${symbol}'`);
    return wrong.length === 0
      ? info(`Successfully subscribed to bar data: ${content}`)
      : failed("SUBSCRIBE_BAR_DATA", `Could not subscribe to bar data for: [${wrong.join(", ")}]`);
  }

  private follow(bars: Subscriptions["bars"]): void {
    this.followed.bars = bars;
    const isWatching = bars.length > 0;
    if (isWatching !== this.followed.isWatching) this.watch(isWatching ? 1 : -1);
    this.followed.isWatching = isWatching;
  }

  private history(content: string): DwxAnswer {
    const [symbol = "", frame = "", from = "", to = "", ...more] = content.split(",");
    if (to === "" || more.length > 0)
      return failed("HISTORIC_DATA_WRONG_FORMAT", `Wrong format for GET_HISTORIC_DATA: ${content}`);
    const { exchange } = this.context;
    if (exchange.listing(symbol) === null)
      return failed("HISTORIC_DATA_SELECT_SYMBOL", `Could not select symbol ${symbol} in market watch.`);
    const played = exchange.played(symbol);
    if (!hasFrame(frame, played))
      return failed("HISTORIC_DATA_WRONG_FORMAT", `there are no bars of ${frame}`);
    const bars = terminalBars(played, frame, this.wallOf, Number(from) * 1000, Number(to) * 1000);
    const rows = bars.map((bar) => [wallText(bar.wallMs, false), barView(bar)] as const);
    return { messages: [], files: { Historic_Data: { [`${symbol}_${frame}`]: Object.fromEntries(rows) } } };
  }

  private symbols(): Readonly<Record<string, unknown>> {
    const { exchange } = this.context;
    return Object.fromEntries(
      exchange.listings.map((listing) => [
        listing.symbol,
        {
          base: listing.baseCurrency,
          quote: listing.quoteCurrency,
          tick_size: listing.tickSize,
          volume_step: lotsOf(listing, listing.lotSize),
          contract_size: contractSizeOf(listing),
          is_trading: !exchange.isHalted(listing.symbol),
          kind:
            { forex: "forex", equity: "stock", future: "future" }[listing.assetClass as string] ?? "other",
        },
      ]),
    );
  }
}

function barView({ open, high, low, close, volume }: TerminalBar): Readonly<Record<string, number>> {
  return { open, high, low, close, tick_volume: volume };
}
