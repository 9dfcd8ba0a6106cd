import type { Contract, ContractDetails } from "@stoqey/ib";
import { z } from "zod";
import { secondMs } from "../../../base/time.ts";
import type { Prng } from "../../../base/prng.ts";
import type {
  AccountSnapshot,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenuePosition,
} from "../../../ports/broker-connection.ts";
import { sleep, type Clock } from "../../../ports/clock.ts";
import { backoffMs } from "../../shared/backoff.ts";
import { gaveUp } from "../../shared/call-errors.ts";
import type { HostLimit } from "../../shared/host-limit.ts";
import { TransportError } from "../../shared/http-answer.ts";
import { brokerSymbolUnknown, questionRefused } from "../shared/broker-errors.ts";
import { questionPolicy } from "../shared/question-policy.ts";
import { contractFor, contractSchema, type ContractNames, type ContractWish } from "./ib-contracts.ts";
import type { IbFillBook } from "./ib-fill-book.ts";
import type { IbLine } from "./ib-line.ts";
import type { IbOrderBook } from "./ib-order-book.ts";
import { completedOrderSchema, executionSchema, openOrderSchema } from "./ib-orders-read.ts";
import type { Hearing, IbMessage, IbSession } from "./ib-session.ts";
import { isWithinHours } from "./ib-times.ts";

const venue = "Interactive Brokers";

type QuestionParts = {
  readonly line: IbLine;
  readonly clock: Clock;
  readonly prng: Prng;
  readonly limit: HostLimit;
  readonly orders: IbOrderBook;
  readonly fills: IbFillBook;
  readonly names: ContractNames;
  readonly contracts: Readonly<Record<string, ContractWish>>;
  readonly accountName: () => string;
  /** Parts of shares may be traded. */
  readonly fractional: boolean;
};

const summarySchema = z.tuple([z.number(), z.string(), z.string(), z.string(), z.string()]);
const positionSchema = z.tuple([z.string(), contractSchema, z.number(), z.number()]);
/** What the library cannot tell is undefined: a number that the gateway does not know yet. */
const figure = z.number().optional();
/** Contract, quantity, price, value, cost, profit that is open, profit that was made, account. */
const portfolioSchema = z.tuple([contractSchema, figure, figure, figure, figure, figure, figure, z.string()]);
const detailsSchema = z.object({
  contract: contractSchema.extend({ exchange: z.string().optional() }),
  minTick: z.number().positive(),
  minSize: z.number().optional(),
  sizeIncrement: z.number().optional(),
  timeZoneId: z.string(),
  liquidHours: z.string(),
});
type Details = z.output<typeof detailsSchema>;

const tags = "NetLiquidation,TotalCashValue,BuyingPower,$LEDGER:ALL";
/** How long the costs of executions are waited for when these are asked for. */
const commissionsMsMax = 2 * secondMs;

/** Asks a gateway about account, orders, executions and contracts. */
export class IbQuestions {
  private readonly parts: QuestionParts;

  constructor(parts: QuestionParts) {
    this.parts = parts;
  }

  /** A connection that is signed in, tried as patiently as a question. */
  signedIn(): Promise<IbSession> {
    return this.patiently("the sign-in", (session) => Promise.resolve(session));
  }

  /** The gateway's clock; it tells whole seconds. */
  timeMs(): Promise<number> {
    return this.patiently("its time", (session) =>
      session.ask(
        (encoder) => encoder.reqCurrentTime(),
        (message) => {
          if (message.kind !== "told" || message.name !== "currentTime") return null;
          return { answer: z.number().parse(message.values[0]) * secondMs };
        },
      ),
    );
  }

  /** Every order that works, whoever placed it. */
  async openOrders(): Promise<readonly VenueOrder[]> {
    const permIds = await this.patiently("open orders", (session) => {
      const seen = new Set<number>();
      return session.askInTurn<ReadonlySet<number>>(
        "openOrders",
        (encoder) => encoder.reqAllOpenOrders(),
        (message) => {
          if (message.kind === "noticed" && message.notice.code === 321)
            throw questionRefused(venue, "open orders", message.notice.text);
          if (message.kind !== "told") return null;
          if (message.name === "openOrder") {
            const [, , order] = openOrderSchema.parse(message.values.slice(0, 4));
            seen.add(order.permId);
          }
          return message.name === "openOrderEnd" ? { answer: seen } : null;
        },
      );
    });
    return [...permIds]
      .map((permId) => this.parts.orders.byPermId(permId))
      .filter((order) => order !== null)
      .filter(({ status }) => !["filled", "canceled", "rejected", "expired"].includes(status));
  }

  /** Asks for the orders of this day that are over. */
  completedOrders(): Promise<void> {
    return this.patiently("completed orders", (session) =>
      session.askInTurn<void>(
        "completedOrders",
        (encoder) => encoder.reqCompletedOrders(false),
        (message) => {
          if (message.kind !== "told") return null;
          if (message.name === "completedOrder") completedOrderSchema.parse(message.values.slice(0, 3));
          return message.name === "completedOrdersEnd" ? { answer: undefined } : null;
        },
      ),
    );
  }

  /** One order by our name: among those that work, among those that are over, and by what was heard of it. */
  async order(clientOrderId: string): Promise<VenueOrder | null> {
    const { orders } = this.parts;
    const working = await this.openOrders();
    const found = working.find((order) => order.clientOrderId === clientOrderId);
    if (found !== undefined) return found;
    await this.completedOrders();
    return orders.byRef(clientOrderId);
  }

  /** The executions of this day: a gateway forgets those before midnight. */
  async executions(): Promise<readonly VenueFill[]> {
    const { fills, clock } = this.parts;
    const ids = await this.patiently("executions", (session) => {
      const seen = new Set<string>();
      const reqId = session.nextRequestId();
      return session.ask<ReadonlySet<string>>(
        (encoder) => encoder.reqExecutions(reqId, {}),
        this.answering(reqId, "executions", ({ name, values }) => {
          if (name === "execDetails" && values[0] === reqId)
            seen.add(executionSchema.parse(values.slice(0, 3))[2].execId);
          return name === "execDetailsEnd" && values[0] === reqId ? { answer: seen } : null;
        }),
      );
    });
    const untilMs = clock.nowMs() + commissionsMsMax;
    while (clock.nowMs() < untilMs && [...ids].some((id) => !fills.isWhole(id))) await sleep(clock, 20);
    return [...ids].flatMap((id) => fills.fillsOf(id));
  }

  /** Money and positions of the account. */
  async account(): Promise<AccountSnapshot> {
    const venueTimeMs = await this.timeMs();
    const rows = await this.summary();
    const positions = await this.positions();
    const valueOf = (tag: string): (typeof rows)[number] => {
      const row = rows.find(([, , name]) => name === tag);
      if (row === undefined) throw questionRefused(venue, "the account", `it does not tell ${tag}`);
      return row;
    };
    const [, , , equity, currency] = valueOf("NetLiquidation");
    const [, , , buyingPower] = valueOf("BuyingPower");
    const [, , , total] = valueOf("TotalCashValue");
    const hasContracts = [...positions.values()].some(({ paid }) => paid === 0);
    const ledger = rows.filter(([, , tag, , money]) => tag === "CashBalance" && money !== "BASE");
    const cash = ledger.map(([, , , value, money]) => [money, Number(value)] as const);
    return {
      venueTimeMs,
      cash: new Map(cash.length > 0 ? cash : [[currency, Number(total)]]),
      balance: Number(total) - (hasContracts ? await this.openProfit(currency) : 0),
      equity: Number(equity),
      currency,
      buyingPower: Number(buyingPower),
      positions,
    };
  }

  /** The rules of symbols. Throws `BROKER_SYMBOL_UNKNOWN`. */
  async instruments(symbols: readonly string[]): Promise<readonly VenueInstrument[]> {
    const found: VenueInstrument[] = [];
    for (const symbol of symbols) found.push(this.instrumentOf(symbol, await this.details(symbol)));
    return found;
  }

  /** The one contract that a symbol means. */
  async contract(symbol: string): Promise<Contract> {
    const { contract } = await this.details(symbol);
    return { ...contractFor(symbol, this.parts.contracts), conId: contract.conId };
  }

  async isMarketOpen(symbol: string): Promise<boolean> {
    const { liquidHours, timeZoneId } = await this.details(symbol);
    const timeMs = await this.timeMs();
    try {
      return isWithinHours(liquidHours, timeZoneId, timeMs);
    } catch {
      throw questionRefused(
        venue,
        "trading hours",
        `they are in a time zone that is not known: ${timeZoneId}`,
      );
    }
  }

  /** Asks up to three times, each time over a connection that stands. */
  private async patiently<T>(what: string, ask: (session: IbSession) => Promise<T>): Promise<T> {
    const { line, clock, prng, limit } = this.parts;
    const { attemptsMax } = questionPolicy;
    for (let attempt = 1; ; attempt++) {
      let session: IbSession | null = null;
      try {
        await limit.take(1, undefined, "question");
        session = await line.signedIn();
        return await ask(session);
      } catch (error) {
        const isShape = error instanceof z.ZodError;
        if (!(error instanceof TransportError) && !isShape) throw error;
        const reason = isShape ? "an answer of another shape" : error.message;
        if (session?.isSilent === true) line.replace(session, reason);
        if (attempt >= attemptsMax) throw gaveUp(venue, what, attempt, reason, "broker");
        await sleep(clock, backoffMs(attempt, questionPolicy, prng));
      }
    }
  }

  /** Hears what answers a numbered question, and the notice that refuses it. */
  private answering<T>(
    reqId: number,
    what: string,
    hear: (told: Extract<IbMessage, { kind: "told" }>) => { readonly answer: T } | null,
  ): Hearing<T> {
    return (message) => {
      if (message.kind === "noticed" && message.notice.id === reqId) {
        const { code, text } = message.notice;
        if (code === 320 || code === 322) throw new TransportError(`${text} (${code})`);
        throw questionRefused(venue, what, `${text} (${code})`);
      }
      return message.kind === "told" ? hear(message) : null;
    };
  }

  private summary(): Promise<readonly z.output<typeof summarySchema>[]> {
    return this.patiently("the account", (session) => {
      const rows: z.output<typeof summarySchema>[] = [];
      const reqId = session.nextRequestId();
      return session.ask(
        (encoder) => encoder.reqAccountSummary(reqId, "All", tags),
        this.answering(reqId, "the account", ({ name, values }) => {
          if (name === "accountSummary" && values[0] === reqId) {
            const row = summarySchema.parse(values);
            if (row[1] === this.parts.accountName()) rows.push(row);
          }
          if (name !== "accountSummaryEnd" || values[0] !== reqId) return null;
          session.encoder.cancelAccountSummary(reqId);
          return { answer: rows };
        }),
      );
    });
  }

  private positions(): Promise<AccountSnapshot["positions"]> {
    const { names, accountName } = this.parts;
    return this.patiently("positions", (session) => {
      const positions = new Map<string, VenuePosition>();
      return session.askInTurn<AccountSnapshot["positions"]>(
        "positions",
        (encoder) => encoder.reqPositions(),
        (message) => {
          if (message.kind !== "told") return null;
          if (message.name === "position") {
            const [account, contract, quantity, cost] = positionSchema.parse(message.values);
            if (account !== accountName() || quantity === 0) return null;
            const averagePrice = cost / (contract.multiplier || 1);
            const paid = isPaidFor(contract.secType) ? quantity * cost : 0;
            positions.set(names.nameOf(contract), { quantity, averagePrice, paid });
          }
          if (message.name !== "positionEnd") return null;
          session.encoder.cancelPositions();
          return { answer: positions };
        },
      );
    });
  }

  /** What contracts have made and not yet brought in, which the cash has already. */
  private openProfit(currency: string): Promise<number> {
    const { accountName, names } = this.parts;
    return this.patiently("open profit", (session) => {
      let sum = 0;
      return session.askInTurn<number>(
        "account updates",
        (encoder) => encoder.reqAccountUpdates(true, accountName()),
        (message) => {
          if (message.kind !== "told") return null;
          if (message.name === "updatePortfolio") {
            const [contract, , , , , profit, , account] = portfolioSchema.parse(message.values);
            if (account !== accountName() || isPaidFor(contract.secType)) return null;
            if (profit === undefined)
              throw questionRefused(venue, "the account", `no profit of ${names.nameOf(contract)} yet`);
            if (contract.currency === currency) sum += profit;
          }
          if (message.name !== "accountDownloadEnd") return null;
          session.encoder.reqAccountUpdates(false, accountName());
          return { answer: sum };
        },
      );
    });
  }

  private async details(symbol: string): Promise<Details> {
    const { contracts, names } = this.parts;
    const contract = contractFor(symbol, contracts);
    const found = await this.patiently(`the contract of ${symbol}`, (session) => {
      const rows: ContractDetails[] = [];
      const reqId = session.nextRequestId();
      return session.ask<readonly ContractDetails[]>(
        (encoder) => encoder.reqContractDetails(reqId, contract),
        (message) => {
          // Not there is an answer: whatever else is said about it is a failure.
          if (message.kind === "noticed" && message.notice.id === reqId && message.notice.code === 200)
            return { answer: [] };
          return this.answering<readonly ContractDetails[]>(
            reqId,
            `the contract of ${symbol}`,
            ({ name, values }) => {
              if (name === "contractDetails" && values[0] === reqId) rows.push(values[1] as ContractDetails);
              return name === "contractDetailsEnd" && values[0] === reqId ? { answer: rows } : null;
            },
          )(message);
        },
      );
    });
    const [only, other] = found;
    if (only === undefined)
      throw brokerSymbolUnknown(
        venue,
        symbol,
        `there is no ${contract.secType} "${contract.symbol}" in ${contract.currency} there; broker.contracts can say what it is`,
      );
    if (other !== undefined)
      throw brokerSymbolUnknown(
        venue,
        symbol,
        `${found.length} contracts fit it: broker.contracts has to say which`,
      );
    const details = detailsSchema.safeParse(only);
    if (!details.success)
      throw questionRefused(venue, `the contract of ${symbol}`, "an answer of another shape");
    names.note(symbol, details.data.contract.conId);
    return details.data;
  }

  private instrumentOf(symbol: string, details: Details): VenueInstrument {
    const { contract, minTick, minSize = 1, sizeIncrement = 1 } = details;
    const isShare = contract.secType === "STK";
    const isWhole = isShare && !this.parts.fractional;
    return {
      symbol,
      tickSize: minTick,
      lotSize: isWhole ? Math.max(1, sizeIncrement) : sizeIncrement,
      quantityMin: isWhole ? Math.max(1, minSize) : minSize,
      notionalMin: 0,
      contractMultiplier: contract.multiplier || 1,
      baseCurrency: contract.symbol,
      quoteCurrency: contract.currency,
      isTradable: true,
      canShort: contract.secType !== "CRYPTO",
    };
  }
}

/** Of contracts, and of currencies that are exchanged, only profit and loss are money. */
function isPaidFor(secType: string): boolean {
  return !["FUT", "CONTFUT", "CFD", "CASH"].includes(secType);
}
