import { zoneClock } from "../../domain/calendar/zone-clock.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import type { FileChange, FolderFace } from "../wire/folder-face.ts";
import type { FaceTools } from "../wire/face-tools.ts";
import { dwxTradeCommands, failed, type DwxAnswer, type TerminalMessage } from "./dwx-commands.ts";
import { kiwiCommands } from "./kiwi-commands.ts";
import { MarketFiles, type Subscriptions } from "./market-files.ts";
import { ordersFile } from "./orders-file.ts";
import { wallOf, type TerminalContext, type TerminalSettings } from "./terminal-context.ts";
import { retcodes, wallText } from "./terminal-words.ts";
import { dealTicketOf, TicketBook } from "./ticket-book.ts";
import { exitsOf, protect } from "./trade-desk.ts";

const messagesKept = 50;
/** The first version of the bridge that trades. */
const bridgeVersion = 2;
/** What a terminal is like when nobody says otherwise. */
const terminalSettings: TerminalSettings = {
  login: 5_001_234,
  server: "Kiwi-Demo",
  serverTime: "America/New_York+7",
  tradeMode: "demo",
  marginMode: "netting",
  commentMax: 31,
  isTradeAllowed: true,
};

/**
 * A MetaTrader 5 terminal with KiwiBridge in it, over the exchange: commands of DWX Connect and of the bridge's own in,
 * files out. Commands of its own are answered under their number; those of DWX Connect by messages.
 */
export class MetatraderFace implements FolderFace {
  readonly name = "metatrader";
  private readonly tools: FaceTools;
  private readonly context: TerminalContext;
  private readonly market: MarketFiles;
  private readonly subscriptions: Subscriptions;
  private messages: (readonly [number, TerminalMessage])[] = [];
  private started = "";
  private lives = 0;
  private changes = 0;
  private messageNumber = 0;
  private seen = new Set<string>();

  constructor(tools: FaceTools, account: ExchangeAccount, settings: Partial<TerminalSettings> = {}) {
    this.tools = tools;
    const all = { ...terminalSettings, ...settings };
    this.context = {
      exchange: tools.exchange,
      account,
      book: new TicketBook(account),
      faults: tools.faults,
      settings: all,
      zone: zoneClock(all.serverTime),
      nowMs: () => tools.clock.nowMs() + tools.faults.skewMs,
    };
    this.subscriptions = { bars: [], ticks: [], isWatching: false };
    this.market = new MarketFiles(this.context, this.subscriptions, tools.watch);
    tools.exchange.listen((event) => {
      if (!("accountKey" in event) || event.accountKey !== account.options.key) return;
      this.changes += 1;
      if (event.kind !== "fill") return;
      this.context.book.hear(event.fill, event.order);
      this.followUp(event.order.venueOrderId);
    });
    this.restart();
  }

  /** The bridge is attached anew: it forgets who subscribed, and not what it has sent. */
  restart(): void {
    this.lives += 1;
    this.started = `${wallText(this.context.nowMs(), true)} ${this.lives}`;
    this.messages = [];
    this.seen = new Set();
    this.market.forget();
  }

  take(text: string): readonly FileChange[] {
    const words = /^<:(.*):>$/s.exec(text)?.[1]?.split("|") ?? [];
    const [id = "", command = "", content = ""] = words;
    if (words.length !== 3) return this.say(failed("WRONG_FORMAT_COMMAND", `Wrong format: ${text}`));
    if (command === "RESET_COMMAND_IDS") {
      this.seen.clear();
      return [];
    }
    if (this.seen.has(id)) return [];
    this.seen.add(id);
    const own = kiwiCommands[command];
    if (own !== undefined) return [this.answerFile(id, command, own(this.context, wordsIn(content)))];
    const answer = dwxTradeCommands[command]?.(this.context, content) ?? this.market.take(command, content);
    if (answer === null) return this.say(failed("UNKNOWN_COMMAND", `there is no command ${command}`));
    return [...this.say(answer), ...filesOf(answer)];
  }

  /** What the trade server says in the place of carrying a command out, or after it. */
  fault(text: string, kind: "server_error" | "rate_limited"): readonly FileChange[] {
    const [id = "", command = ""] = /^<:(.*):>$/s.exec(text)?.[1]?.split("|") ?? [];
    const retcode = kind === "rate_limited" ? retcodes.tooManyRequests : retcodes.timeout;
    if (!(command in kiwiCommands)) return this.say(failed(command, `ErrorCode: ${retcode}`));
    return [this.answerFile(id, command, { outcome: "refused", retcode, text: kind })];
  }

  /** What the bridge writes by itself. */
  beat(): readonly FileChange[] {
    const nowMs = this.context.nowMs();
    const heartbeat = {
      bridge: "KiwiBridge",
      version: bridgeVersion,
      started: this.started,
      server_time: wallText(wallOf(this.context, nowMs), true),
      utc_time: wallText(nowMs, true),
      connected: true,
      changes: this.changes,
    };
    return [
      { name: "Heartbeat", text: JSON.stringify(heartbeat) },
      { name: "Orders", text: JSON.stringify(ordersFile(this.context)) },
      ...this.market.written(),
    ];
  }

  /** A position that has opened gets the exits that came with its order; one that is gone, or smaller, loses them. */
  private followUp(venueOrderId: string): void {
    const { account, book } = this.context;
    const { labels } = account.orders.byId(venueOrderId)!;
    for (const exit of account.orders.open()) {
      const ticket = Number(exit.labels["exitOf"] ?? 0);
      if (ticket > 0 && !book.positions.has(ticket)) account.cancel(exit.venueOrderId);
    }
    const isEntry = labels["closes"] === undefined;
    const stopLoss = Number(labels["stopLoss"] ?? 0);
    const takeProfit = Number(labels["takeProfit"] ?? 0);
    const fill = account.fills.at(-1)!;
    const position = book.positions.get(book.entryOf(dealTicketOf(fill)).position);
    if (position === undefined) return;
    if (isEntry && (stopLoss > 0 || takeProfit > 0)) protect(this.context, position, stopLoss, takeProfit);
    else
      for (const exit of exitsOf(account.orders.open(), position.ticket))
        if (exit.quantity !== Math.abs(position.quantity))
          account.modify(exit.venueOrderId, { quantity: Math.abs(position.quantity) });
  }

  private answerFile(id: string, command: string, answer: object): FileChange {
    const time = wallText(wallOf(this.context, this.context.nowMs()), true);
    return { name: `Answer_${id}`, text: JSON.stringify({ id, command, time, ...answer }) };
  }

  /** The newest messages, each under a number that grows. */
  private say({ messages }: DwxAnswer): readonly FileChange[] {
    for (const message of messages) {
      this.messageNumber += 1;
      this.messages.push([this.messageNumber, message]);
    }
    this.messages = this.messages.slice(-messagesKept);
    const time = wallText(this.tools.clock.nowMs(), true);
    const lines = this.messages.map(([number, message]) => [number, { ...message, time }] as const);
    return [{ name: "Messages", text: JSON.stringify(Object.fromEntries(lines)) }];
  }
}

function wordsIn(content: string): readonly string[] {
  return content === "" ? [] : content.split(",");
}

function filesOf({ files = {} }: DwxAnswer): readonly FileChange[] {
  return Object.entries(files).map(([name, value]) => ({ name, text: JSON.stringify(value) }));
}
