import { removeFrom } from "../../base/remove-from.ts";
import { SeenNumbers } from "../../base/seen-numbers.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import {
  signOf,
  type ApprovedOrder,
  type ExecutionReport,
  type Fill,
  type OrderId,
  type OrderRequest,
  type OrderStatus,
  type VenueCode,
} from "../../domain/order.ts";
import { sameTerms } from "./draft-order.ts";
import type { Portfolio } from "./portfolio.ts";

/** What ended an order: the fill that completed it, or a word of the venue. */
export type OrderEnd = {
  readonly progress: "filled" | "canceled" | "rejected" | "expired";
  readonly code: VenueCode | null;
};

/** One of our orders and what has become of it. */
export type TrackedOrder = {
  /** The order as the venue has it: a change that went through is in it. */
  request: ApprovedOrder;
  /** How far it has come. Only moves forward; once over it stays so. */
  progress: Exclude<OrderStatus, "cancel_pending" | "replace_pending">;
  /**
   * What is not settled yet: a cancel or a change that the venue owes an answer to, until when the order can do all that
   * it could before; or fills that it has counted at the order's end and we have not heard of.
   */
  pending: "nothing" | "cancel" | "replace" | "fills";
  /** How the order ended, once the venue has said so. */
  end: OrderEnd | null;
  /** The order as it will be if a pending change goes through; otherwise the same as `request`. */
  asked: ApprovedOrder;
  /** Whether a cancel was ever asked for: a fill after that was not meant to be. */
  wasCanceled: boolean;
  /** Cancels and changes that the venue refused. */
  refusedChanges: number;
  /** Protection that had begun to close when a newer target was decided: what it still fills does not end that one. */
  isOvertaken: boolean;
  filledQuantity: number;
  /** What the venue says that it has filled: more than `filledQuantity` when we have missed a fill. */
  toldQuantity: number;
  /** Fills already booked: a venue may report one twice, over different roads. */
  fillIds: readonly number[];
};

/**
 * A report that does not fit what we know, for whoever compares our books with the venue's. Fills among them are
 * booked all the same: the position at the venue has changed, whatever we think of it.
 */
export type Surprise = {
  readonly kind: "unknown order" | "filled after its end" | "filled more than ordered" | "told twice";
  readonly report: ExecutionReport;
};

/** How many finished orders are remembered; a fill of an older one is a surprise. */
const finishedKept = 1024;
const surprisesKept = 256;
/** So many fills that were not ordered here are known by their number. */
const foreignKept = 4096;
const none: readonly TrackedOrder[] = [];
const noFills: readonly number[] = [];
const filledWhole: OrderEnd = { progress: "filled", code: null };
/** Rounding of a venue is not an overfill. */
const fillTolerance = 1e-9;

const lastRank = 4;

/** How far along a state is. Not a table: to look up by a name that varies is slow, and this is asked five times an order. */
function rankOf(progress: TrackedOrder["progress"]): number {
  switch (progress) {
    case "submitted":
      return 0;
    case "accepted":
      return 1;
    case "triggered":
      return 2;
    case "partially_filled":
      return 3;
    default:
      return lastRank;
  }
}

/** Our own orders: which are open, how much of each is filled, and what the venue still owes an answer to. */
export class OrderTracker {
  /** What did not fit, the newest, oldest first. */
  readonly surprises: Surprise[] = [];
  private lastId = 0;
  private lastGroup = 0;
  /** By order id, which counts from 1. The last orders that are over stay: their late fills must still find them. */
  private readonly byId: (TrackedOrder | null)[] = [null];
  private readonly over = new Int32Array(finishedKept);
  private overCount = 0;
  private readonly openBy: TrackedOrder[][] = [];
  private readonly foreignFills = new Set<number>();
  private readonly charges = new SeenNumbers();

  /** A number that no order of this run has had. */
  nextId(): OrderId {
    this.lastId += 1;
    return this.lastId as OrderId;
  }

  /** A number for a new one-cancels-other group. */
  nextGroup(): number {
    this.lastGroup += 1;
    return this.lastGroup;
  }

  /** Remembers an order that is about to be sent. */
  track(order: ApprovedOrder): void {
    const tracked: TrackedOrder = {
      request: order,
      progress: "submitted",
      pending: "nothing",
      end: null,
      asked: order,
      wasCanceled: false,
      refusedChanges: 0,
      isOvertaken: false,
      filledQuantity: 0,
      toldQuantity: 0,
      fillIds: noFills,
    };
    while (this.byId.length <= order.id) this.byId.push(null);
    this.byId[order.id] = tracked;
    while (this.openBy.length <= order.instrument) this.openBy.push([]);
    this.openBy[order.instrument]!.push(tracked);
  }

  /** Notes that a cancel is about to be sent. The order counts as open until the venue has answered. */
  cancelSent({ id }: ApprovedOrder): void {
    const order = this.byId[id]!;
    order!.pending = "cancel";
    order!.wasCanceled = true;
  }

  /** Notes that a change is about to be sent: `order` is the whole of it under its old number. */
  changeSent(order: ApprovedOrder): void {
    const tracked = this.byId[order.id]!;
    tracked!.pending = "replace";
    tracked!.asked = order;
  }

  /** The open orders of an instrument, oldest first. */
  open(instrument: InstrumentIndex): readonly TrackedOrder[] {
    return this.openBy[instrument] ?? none;
  }

  /** Instruments with an order that is not over. */
  instrumentsWithOrders(): readonly InstrumentIndex[] {
    return this.openBy.flatMap((open, index) => (open.length > 0 ? [index as InstrumentIndex] : []));
  }

  /**
   * Takes in a report: books fills once, moves states forward. Returns the order it was about if that is one of ours
   * and the report says something new about it.
   */
  apply(report: ExecutionReport, portfolio: Portfolio): TrackedOrder | null {
    if (report.kind === "charged") {
      if (this.charges.add(report.charge.chargeId)) portfolio.charge(report.charge);
      else this.surprise("told twice", report);
      return null;
    }
    const id = report.kind === "filled" ? report.fill.orderId : report.orderId;
    const order = (id > 0 ? this.byId[id] : null) ?? null;
    if (order === null) this.applyForeign(report, portfolio);
    else if (
      report.kind === "filled" ? !this.applyFill(order, report, portfolio) : !this.applyAnswer(order, report)
    )
      return null;
    return order;
  }

  /** Signed quantity that open orders are wanted to add: not protection, and nothing that is being withdrawn. */
  onTheWay(instrument: InstrumentIndex): number {
    let sum = 0;
    for (const { asked, filledQuantity, pending } of this.open(instrument)) {
      if (!asked.closePosition && pending !== "cancel" && pending !== "fills")
        sum += signOf(asked.side) * (asked.quantity - filledQuantity);
    }
    return sum;
  }

  /**
   * The quantity by which open orders of one side may still move the position, at worst: one that is being withdrawn
   * counts in full until the venue has said that it is gone, one that is being changed with the larger of both sizes.
   * `except` leaves out the order that is about to be changed itself.
   */
  atRisk(instrument: InstrumentIndex, side: "buy" | "sell", except = 0): number {
    let sum = 0;
    for (const { request, asked, filledQuantity, toldQuantity, pending } of this.open(instrument)) {
      if (request.side !== side || request.closePosition || request.id === except) continue;
      const most = pending === "fills" ? toldQuantity : Math.max(request.quantity, asked.quantity);
      sum += most - filledQuantity;
    }
    return sum;
  }

  /** The orders that protect a position of `held`, not those that wait for their parent to open one. */
  guards(instrument: InstrumentIndex, held: number): readonly TrackedOrder[] {
    const open = this.open(instrument);
    return open.length === 0 ? none : this.guardsAmong(open, held);
  }

  /** Protection of positions that will never be: its parent has ended without a fill. */
  orphans(instrument: InstrumentIndex): readonly TrackedOrder[] {
    const open = this.open(instrument);
    return open.length === 0 ? none : this.orphansAmong(open);
  }

  /** How much of an order is not filled yet: all of one that has not been sent. */
  leftOf({ id, quantity }: OrderRequest): number {
    return quantity - (this.byId[id]?.filledQuantity ?? 0);
  }

  /** By how much a change would make an order larger than it counts at worst now. */
  growthOf({ id, quantity }: OrderRequest): number {
    const { request, asked } = this.byId[id]!;
    return Math.max(0, quantity - Math.max(request.quantity, asked.quantity));
  }

  private guardsAmong(open: readonly TrackedOrder[], held: number): readonly TrackedOrder[] {
    return open.filter(({ request: { closePosition, parentId, side } }) => {
      if (!closePosition || signOf(side) * held >= 0) return false;
      // A parent that is forgotten has filled long ago: had it not, its children would have gone with it.
      return parentId === null || (this.byId[parentId]?.filledQuantity ?? Infinity) > 0;
    });
  }

  private orphansAmong(open: readonly TrackedOrder[]): readonly TrackedOrder[] {
    return open.filter((order) => {
      const parent = order.request.parentId === null ? null : this.byId[order.request.parentId];
      return parent != null && isOver(parent) && parent.filledQuantity === 0 && isLive(order);
    });
  }

  /** The venue acts on its own to liquidate, with negative numbers; everything else unknown was sent by somebody else. */
  private applyForeign(report: ExecutionReport, portfolio: Portfolio): void {
    if (report.kind !== "filled") {
      if (report.kind !== "charged" && report.orderId > 0) this.surprise("unknown order", report);
      return;
    }
    const { fillId, orderId } = report.fill;
    if (this.foreignFills.has(fillId)) return void this.surprise("told twice", report);
    this.foreignFills.add(fillId);
    if (this.foreignFills.size > foreignKept)
      this.foreignFills.delete(this.foreignFills.values().next().value!);
    portfolio.book(report.fill, orderId < 0 ? "margin call" : "an order that is not ours");
    if (orderId > 0) this.surprise("unknown order", report);
  }

  private applyFill(
    order: TrackedOrder,
    report: { readonly kind: "filled"; readonly fill: Fill; readonly isComplete: boolean },
    portfolio: Portfolio,
  ): boolean {
    const { fill, isComplete } = report;
    if (order.fillIds === noFills) order.fillIds = [fill.fillId];
    else if (order.fillIds.includes(fill.fillId)) return this.surprise("told twice", report);
    else order.fillIds = [...order.fillIds, fill.fillId];
    order.filledQuantity += fill.quantity;
    order.toldQuantity = Math.max(order.toldQuantity, fill.cumulativeQuantity);
    const { request } = order;
    // The quantity of these is the venue's to find.
    const isOpenEnded = request.weightAtFill !== null || request.reduceOnly;
    const most = Math.max(request.quantity, order.asked.quantity) * (1 + fillTolerance);
    if (!isOpenEnded && order.filledQuantity > most) this.surprise("filled more than ordered", report);
    if (isOver(order)) this.surprise("filled after its end", report);
    this.moveTo(order, "partially_filled");
    if (isComplete) order.end ??= filledWhole;
    this.endIfAllIsKnown(order);
    portfolio.book(fill, request.reason);
    return true;
  }

  private applyAnswer(
    order: TrackedOrder,
    report: Exclude<ExecutionReport, { kind: "filled" | "charged" }>,
  ): boolean {
    switch (report.kind) {
      case "accepted":
      case "triggered":
        return this.moveTo(order, report.kind);
      case "modified":
        return this.applyChange(order, report);
      case "cancel_rejected":
      case "modify_rejected":
        if (order.pending !== "cancel" && order.pending !== "replace")
          return this.surprise("told twice", report);
        order.refusedChanges += 1;
        this.answered(order);
        return true;
      default:
        if (order.end !== null) return this.surprise("told twice", report);
        order.end = { progress: report.kind, code: report.code };
        order.toldQuantity = Math.max(order.toldQuantity, report.cumulativeQuantity);
        this.endIfAllIsKnown(order);
        return true;
    }
  }

  /** An answer to a change that has been overtaken by another one says nothing about the present. */
  private applyChange(
    order: TrackedOrder,
    report: Extract<ExecutionReport, { readonly kind: "modified" }>,
  ): boolean {
    const { asked, pending, request } = order;
    const isAwaited = pending === "replace" && asked.quantity === report.quantity;
    if (!isAwaited || !sameTerms(asked.terms, report.terms)) return this.surprise("told twice", report);
    order.request = { ...request, terms: asked.terms, quantity: asked.quantity };
    this.answered(order);
    return true;
  }

  private answered(order: TrackedOrder): void {
    order.pending = "nothing";
    order.asked = order.request;
  }

  /** An order that has ended is over when every fill that the venue has counted has arrived. */
  private endIfAllIsKnown(order: TrackedOrder): void {
    const { end } = order;
    if (end === null || isOver(order)) return;
    this.answered(order);
    if (order.filledQuantity < order.toldQuantity * (1 - fillTolerance)) {
      order.pending = "fills";
      return;
    }
    order.progress = end.progress;
    removeFrom(this.openBy[order.request.instrument]!, order);
    const place = this.overCount % finishedKept;
    if (this.overCount >= finishedKept) this.byId[this.over[place]!] = null;
    this.over[place] = order.request.id;
    this.overCount += 1;
  }

  private moveTo(order: TrackedOrder, progress: "accepted" | "triggered" | "partially_filled"): boolean {
    if (rankOf(progress) <= rankOf(order.progress)) return false;
    order.progress = progress;
    return true;
  }

  /** False, as what `apply` has to say about news: there are none. */
  private surprise(kind: Surprise["kind"], report: ExecutionReport): false {
    this.surprises.push({ kind, report });
    if (this.surprises.length > surprisesKept) this.surprises.shift();
    return false;
  }
}

/** Whether nothing can come of an order any more, but for a fill that the venue tells late. */
export function isOver({ progress }: TrackedOrder): boolean {
  return rankOf(progress) === lastRank;
}

/** Whether an order has done something: its price was met, or a part of it has filled. */
export function hasBegun({ progress }: TrackedOrder): boolean {
  return progress === "triggered" || progress === "partially_filled";
}

/** Whether an order works, and goes on working unless it is told otherwise. */
export function isLive({ pending }: TrackedOrder): boolean {
  return pending === "nothing" || pending === "replace";
}

/** The state of an order in the words of the field. */
export function statusOf({ progress, pending }: TrackedOrder): OrderStatus {
  if (pending === "cancel") return "cancel_pending";
  return pending === "replace" ? "replace_pending" : progress;
}
