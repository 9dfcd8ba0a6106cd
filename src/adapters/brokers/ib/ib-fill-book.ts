import { secondMs } from "../../../base/time.ts";
import type { VenueFill } from "../../../ports/broker-connection.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { ContractNames } from "./ib-contracts.ts";
import { commissionSchema, executionSchema } from "./ib-orders-read.ts";
import { readIbTime } from "./ib-times.ts";

/** What an execution cost comes in a message of its own, a moment later: it is waited for, and not for ever. */
const commissionWaitMs = 2 * secondMs;
const fillsMax = 50_000;

type FillParts = {
  readonly clock: Clock;
  readonly names: ContractNames;
  readonly accountName: () => string;
  readonly gatewayZone: () => string;
  readonly refOf: (permId: number) => string | null;
  readonly onFill: (fill: VenueFill) => void;
};

/** An execution without what it cost. */
type Execution = Omit<VenueFill, "fee" | "feeCurrency">;
type Fee = { readonly fee: number; readonly feeCurrency: string };

/**
 * Executions and their costs, joined by the execution's id. A correction has the id of what it corrects with another last
 * number: the first is taken back, and what is right takes its place.
 */
export class IbFillBook {
  private readonly parts: FillParts;
  private readonly executions = new Map<string, Execution>();
  private readonly fees = new Map<string, Fee>();
  private readonly told = new Set<string>();

  constructor(parts: FillParts) {
    this.parts = parts;
  }

  /** Takes a message in. Throws where it has another shape than it should. */
  hear(name: string, values: readonly unknown[]): void {
    if (name === "execDetails") this.hearExecution(values);
    if (name === "commissionReport") this.hearCommission(values);
  }

  /** Whether everything is known of an execution that will be. */
  isWhole(execId: string): boolean {
    return this.told.has(execId);
  }

  /** What is to be booked because of an execution: itself, and what it takes back. Nothing for one of another account. */
  fillsOf(execId: string): readonly VenueFill[] {
    const execution = this.executions.get(execId);
    if (execution === undefined) return [];
    const fill = { ...execution, ...this.feeOf(execId) };
    const corrected = this.correctedBy(execId);
    const fills = fill.quantity > 0 ? [fill] : [];
    if (corrected === undefined) return fills;
    const undone = { ...corrected, ...this.feeOf(corrected.fillId) };
    const undoing = { ...undone, fillId: `${execId}:undo`, takesBack: corrected.fillId };
    return [{ ...undoing, venueTimeMs: execution.venueTimeMs }, ...fills];
  }

  private hearExecution(values: readonly unknown[]): void {
    const { clock, names, accountName, gatewayZone, refOf } = this.parts;
    const [, contract, execution] = executionSchema.parse(values.slice(0, 3));
    const { execId, acctNumber, permId, side, shares, price, time, orderRef, lastLiquidity } = execution;
    if (acctNumber !== accountName() || this.executions.has(execId)) return;
    this.executions.set(execId, {
      fillId: execId,
      clientOrderId: orderRef || refOf(permId),
      venueOrderId: String(permId),
      symbol: names.nameOf(contract),
      side: side === "BOT" ? "buy" : "sell",
      quantity: shares,
      price,
      liquidity: lastLiquidity === 1 ? "maker" : "taker",
      venueTimeMs: readIbTime(time, gatewayZone()),
      receivedAtMs: clock.nowMs(),
    });
    if (this.executions.size > fillsMax) this.forgetOldest();
    if (this.fees.has(execId)) return this.tell(execId);
    clock.schedule(commissionWaitMs, () => this.tell(execId));
  }

  private hearCommission(values: readonly unknown[]): void {
    const [{ execId, commission, currency }] = commissionSchema.parse(values.slice(0, 1));
    if (this.fees.has(execId)) return;
    this.fees.set(execId, { fee: commission, feeCurrency: currency });
    if (this.executions.has(execId)) this.tell(execId);
  }

  private tell(execId: string): void {
    if (this.told.has(execId)) return;
    this.told.add(execId);
    for (const fill of this.fillsOf(execId)) this.parts.onFill(fill);
  }

  /** The execution of the same id with the next lower last number. */
  private correctedBy(execId: string): Execution | undefined {
    let found: Execution | undefined;
    for (let suffix = suffixOf(execId) - 1; suffix > 0 && found === undefined; suffix--)
      found = this.executions.get(`${rootOf(execId)}.${String(suffix).padStart(2, "0")}`);
    return found;
  }

  private feeOf(execId: string): Fee {
    return this.fees.get(execId) ?? { fee: 0, feeCurrency: "USD" };
  }

  private forgetOldest(): void {
    const [oldest] = this.executions.keys();
    this.executions.delete(oldest!);
    this.fees.delete(oldest!);
  }
}

function rootOf(execId: string): string {
  return execId.slice(0, execId.lastIndexOf("."));
}

function suffixOf(execId: string): number {
  return Number(execId.slice(execId.lastIndexOf(".") + 1));
}
