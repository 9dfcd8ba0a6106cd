import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import type { ExchangeEvent, ExchangeOrder } from "../exchange/exchange-types.ts";
import type { FaceTools } from "../wire/face-tools.ts";

type Placed = { readonly account: ExchangeAccount; readonly venueOrderId: string };

/** What a gateway keeps of its clients whether they are connected or not: accounts by name, and orders by number. */
export class IbDesk {
  readonly tools: FaceTools;
  private readonly prefix: string;
  private readonly placed = new Map<string, Placed>();
  private readonly highest = new Map<number, number>();
  private readonly groups = new Map<string, number>();

  constructor(tools: FaceTools, prefix: string) {
    this.tools = tools;
    this.prefix = prefix;
  }

  /** The time of the wire. */
  nowMs(): number {
    return this.tools.clock.nowMs() + this.tools.faults.skewMs;
  }

  /** `DU1000001` and so on, in the order in which the accounts were opened. */
  get accountNames(): readonly string[] {
    return this.tools.exchange.accounts.map((_, index) => `${this.prefix}${1_000_001 + index}`);
  }

  /** The account of a name, and the first one where none is said; null for a name that nobody has. */
  accountNamed(name: string): ExchangeAccount | null {
    const index = name === "" ? 0 : this.accountNames.indexOf(name);
    return this.tools.exchange.accounts[index] ?? null;
  }

  nameOf(account: ExchangeAccount): string {
    return this.accountNames[this.tools.exchange.accounts.indexOf(account)]!;
  }

  /** Remembers the numbers of an order, as its client has given them. */
  hear(event: ExchangeEvent): void {
    if (event.kind !== "order") return;
    const { venueOrderId, parentId, ocoGroup, labels } = event.order;
    const account = this.tools.exchange.account(event.accountKey);
    const { clientId, orderId, ocaGroup = "" } = labels;
    if (account === null || clientId === undefined || orderId === undefined) return;
    this.placed.set(`${clientId} ${orderId}`, { account, venueOrderId });
    this.use(Number(clientId), Number(orderId));
    if (ocoGroup > 0) this.groups.set(groupName(ocaGroup, parentId), ocoGroup);
  }

  /** Says that a client has used a number, whatever came of it. */
  use(clientId: number, orderId: number): void {
    this.highest.set(clientId, Math.max(orderId, this.highest.get(clientId) ?? 0));
  }

  /** The order of a client's number, as it is now. */
  orderOf(clientId: number, orderId: number): ExchangeOrder | null {
    const placed = this.placed.get(`${clientId} ${orderId}`);
    return placed === undefined ? null : placed.account.orders.byId(placed.venueOrderId);
  }

  /** Whose order that is. */
  accountOf(clientId: number, orderId: number): ExchangeAccount | null {
    return this.placed.get(`${clientId} ${orderId}`)?.account ?? null;
  }

  /** The first number that a client may use. */
  nextId(clientId: number): number {
    return 1 + (this.highest.get(clientId) ?? 0);
  }

  /** The number of a group of orders of which one cancels the others. */
  groupNumber(ocaGroup: string, parentId: string | null): number {
    const name = groupName(ocaGroup, parentId);
    const number = this.groups.get(name) ?? this.groups.size + 1;
    this.groups.set(name, number);
    return number;
  }
}

/** The children of one parent cancel each other, and so do the orders of one named group. */
function groupName(ocaGroup: string, parentId: string | null): string {
  return ocaGroup === "" ? `children of ${parentId}` : ocaGroup;
}
