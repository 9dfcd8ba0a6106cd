import type { FaultPlan } from "../faults/fault-plan.ts";
import type { WireSocket } from "./face.ts";

/** What a connection underneath can do. */
export type SocketEnd = {
  readonly send: (data: string | Uint8Array) => void;
  readonly close: (code: number) => void;
  /** Breaks it without a word. */
  readonly cut: () => void;
};

/** A stream that loses, doubles, delays and silences its news as a plan of faults says. */
export class FaultySocket implements WireSocket {
  private readonly raw: SocketEnd;
  private readonly faults: FaultPlan;
  private readonly late: (string | Uint8Array)[] = [];
  /** Whether the connection is open and dead: not even a ping is answered. */
  isSilent = false;

  constructor(raw: SocketEnd, faults: FaultPlan) {
    this.raw = raw;
    this.faults = faults;
  }

  answer(data: string | Uint8Array): void {
    if (!this.isSilent) this.raw.send(data);
  }

  tell(data: string | Uint8Array): void {
    if (this.isSilent) return;
    switch (this.faults.nextMessage()) {
      case "lost":
        return;
      case "late":
        this.late.push(data);
        return;
      case "disconnected":
        return this.raw.cut();
      case "silenced":
        this.isSilent = true;
        return;
      case "twice":
        this.raw.send(data);
        break;
      case "told":
    }
    this.raw.send(data);
    for (const waiting of this.late.splice(0)) this.raw.send(waiting);
  }

  close(code: number): void {
    this.raw.close(code);
  }
}
