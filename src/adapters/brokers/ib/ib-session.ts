import { formatDuration } from "../../../base/time.ts";
import type { Encoder } from "@stoqey/ib/dist/core/io/encoder.js";
import type { Clock } from "../../../ports/clock.ts";
import { TransportError } from "../../shared/http-answer.ts";
import type { IbClient, IbNotice } from "./ib-client.ts";

/** What comes over a connection that is signed in. */
export type IbMessage =
  | { readonly kind: "told"; readonly name: string; readonly values: readonly unknown[] }
  | { readonly kind: "noticed"; readonly notice: IbNotice }
  | { readonly kind: "lost"; readonly reason: string };

/** What somebody who waits for an answer makes of a message: null waits on. Throws where the answer is a failure. */
export type Hearing<T> = (message: IbMessage) => { readonly answer: T } | null;

type SessionParts = {
  readonly client: IbClient;
  readonly clock: Clock;
  readonly clientId: number;
  readonly accounts: readonly string[];
  readonly requestTimeoutMs: number;
  /** Nobody waits for anything any more. */
  readonly onIdle: () => void;
};

/** Requests are numbered far from orders: a notice names one number, whichever it is about. */
const firstRequestId = 900_000_000;

/** A connection that is signed in: questions and what answers them. */
export class IbSession {
  readonly clientId: number;
  readonly accounts: readonly string[];
  readonly encoder: Encoder;
  /** Whether the market behind the gateway was said to be out of reach. */
  isCut = false;
  isOpen = true;
  /** Whether something was not answered in time. */
  isSilent = false;
  private readonly parts: SessionParts;
  private readonly hearings = new Set<(message: IbMessage) => void>();
  private readonly turns = new Map<string, Promise<unknown>>();
  private lastRequestId = firstRequestId;

  constructor(parts: SessionParts) {
    this.parts = parts;
    this.clientId = parts.clientId;
    this.accounts = parts.accounts;
    this.encoder = parts.client.encoder;
  }

  get isWaitedFor(): boolean {
    return this.hearings.size > 0;
  }

  /** Hands a message to everybody who waits for one. */
  hear(message: IbMessage): void {
    if (message.kind === "lost") this.isOpen = false;
    for (const hear of this.hearings) hear(message);
  }

  close(): void {
    this.isOpen = false;
    this.parts.client.close();
  }

  /** A number for a question. */
  nextRequestId(): number {
    return ++this.lastRequestId;
  }

  /** Says something, and waits for what answers it. Rejects with a `TransportError` where nothing does. */
  ask<T>(say: (encoder: Encoder) => void, hearing: Hearing<T>): Promise<T> {
    const { clock, requestTimeoutMs, onIdle } = this.parts;
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        this.hearings.delete(hear);
        cancel();
        settle();
        if (!this.isWaitedFor) onIdle();
      };
      const hear = (message: IbMessage): void => {
        if (message.kind === "lost") return end(() => reject(new TransportError(message.reason)));
        try {
          const heard = hearing(message);
          if (heard !== null) end(() => resolve(heard.answer));
        } catch (error) {
          end(() => reject(error as Error));
        }
      };
      const cancel = clock.schedule(requestTimeoutMs, () => {
        this.isSilent = true;
        end(() => reject(new TransportError(`no answer within ${formatDuration(requestTimeoutMs)}`)));
      });
      this.hearings.add(hear);
      if (this.isOpen) say(this.encoder);
      else end(() => reject(new TransportError("the connection was closed")));
    });
  }

  /** The same for lists that come without a number: one after the other, so that each begins after it was asked for. */
  askInTurn<T>(list: string, say: (encoder: Encoder) => void, hearing: Hearing<T>): Promise<T> {
    const before = this.turns.get(list) ?? Promise.resolve();
    const turn = before.then(
      () => this.ask(say, hearing),
      () => this.ask(say, hearing),
    );
    this.turns.set(list, turn);
    return turn;
  }
}
