import type { Socket } from "node:net";
import type { Clock } from "../../ports/clock.ts";
import { isCarriedOut, type FaultPlan, type RequestFate } from "../faults/fault-plan.ts";
import type { RawSocket } from "./face.ts";
import { FaultySocket } from "./faulty-socket.ts";
import type { Pace } from "./pace.ts";

/** What a connection needs of the host around it. */
export type RawTools = {
  readonly faults: FaultPlan;
  readonly pace: Pace;
  readonly clock: Clock;
  /** One more message came. */
  readonly count: () => void;
};

const page = Buffer.from("<!DOCTYPE html><html><body><h1>We will be back soon</h1></body></html>");

/** A connection without HTTP that loses messages and answers as a plan of faults says. */
export class RawConnection implements RawSocket {
  private readonly socket: Socket;
  private readonly tools: RawTools;
  private readonly faulty: FaultySocket;
  /** The answer to the message that is being carried out; null between messages. */
  private answering: Uint8Array[] | null = null;
  private isClosing = false;
  /** When the last answer went or will go: none overtakes another. */
  private lastMs = 0;

  constructor(socket: Socket, tools: RawTools) {
    this.socket = socket;
    this.tools = tools;
    const send = (data: string | Uint8Array): void => {
      if (socket.writable) socket.write(data);
    };
    this.faulty = new FaultySocket(
      { send, close: () => socket.end(), cut: () => socket.destroy() },
      tools.faults,
    );
  }

  answer(data: Uint8Array): void {
    if (this.answering === null) this.faulty.answer(data);
    else this.answering.push(data);
  }

  tell(data: Uint8Array): void {
    if (this.answering === null) this.faulty.tell(data);
    else this.answering.push(data);
  }

  close(): void {
    this.isClosing = true;
    if (this.answering === null) this.socket.end();
  }

  carryOut(handle: () => void, said: Parameters<RawSocket["carryOut"]>[1]): void {
    const { faults, pace, clock, count } = this.tools;
    count();
    pace.began();
    const fate = faults.nextRequest();
    const answer: Uint8Array[] = [];
    if (isCarriedOut(fate)) {
      this.answering = answer;
      handle();
      this.answering = null;
    }
    pace.ended();
    const nowMs = clock.nowMs();
    this.lastMs = Math.max(this.lastMs, nowMs + faults.nextDelayMs());
    const finish = (): void => {
      this.finish(fate, answer, said);
      if (this.isClosing) this.socket.end();
    };
    if (this.lastMs <= nowMs) finish();
    else clock.schedule(this.lastMs - nowMs, finish);
  }

  /** What the client sees of it. */
  private finish(
    fate: RequestFate,
    answer: readonly Uint8Array[],
    said: Parameters<RawSocket["carryOut"]>[1],
  ): void {
    switch (fate) {
      case "answered":
        for (const data of answer) this.faulty.answer(data);
        return;
      case "lost":
      case "reset":
        this.socket.destroy();
        return;
      case "unanswered":
        return;
      case "server_error":
      case "server_error_after":
        return this.faulty.answer(said("server_error"));
      case "rate_limited":
        return this.faulty.answer(said("rate_limited"));
      case "html":
        return this.faulty.answer(page);
      case "truncated": {
        // Nobody can read on after half of a message: the connection is over.
        const whole = Buffer.concat(answer);
        this.socket.end(whole.subarray(0, whole.length >> 1));
      }
    }
  }
}
