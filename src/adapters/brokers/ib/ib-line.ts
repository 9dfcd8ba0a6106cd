import { secondMs } from "../../../base/time.ts";
import type { Clock } from "../../../ports/clock.ts";
import { TransportError } from "../../shared/http-answer.ts";
import type { Wire, WireEvents } from "../../shared/wire.ts";
import type { VenueEvent } from "../shared/venue-connection.ts";
import { IbClient, type IbNotice } from "./ib-client.ts";
import { IbSession, type IbMessage } from "./ib-session.ts";

export type LineOptions = {
  readonly host: string;
  readonly port: number;
  /** The first client id that is tried; one that somebody has is passed over. */
  readonly clientId: number;
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
  /** Hears everything before whoever waits for it. Throws where a message has another shape than it should. */
  readonly onMessage: (message: IbMessage, session: IbSession) => void;
};

/** So many client ids are tried, one after the other: the kill switch has to get in beside a robot that hangs. */
const clientIdsTried = 8;
/** A connection that nobody uses is kept so long: who has just asked something often goes on. */
const lingerMs = 5 * secondMs;
const taken = 326;
/** The market behind the gateway: lost, and lost already when we came. */
const cut: ReadonlySet<number> = new Set([1100, 2110]);
/** Back with and without what was subscribed to: all that was missed is asked for in either case. */
const restored: ReadonlySet<number> = new Set([1101, 1102]);

/** The one connection to a gateway at a time, made when somebody needs it, which the stream of the venue takes over. */
export class IbLine {
  private readonly options: LineOptions;
  /** In which the gateway writes times without a zone. */
  zone = "UTC";
  private session: IbSession | null = null;
  private opening: Promise<IbSession> | null = null;
  private wire: { readonly events: WireEvents } | null = null;
  private highestOrderId = 0;
  private cancelLinger = (): void => {};
  private giveUpOpening = (): void => {};

  constructor(options: LineOptions) {
    this.options = options;
  }

  /** A connection that is signed in. Rejects with a `TransportError`. */
  signedIn(): Promise<IbSession> {
    this.cancelLinger();
    if (this.session !== null) return Promise.resolve(this.session);
    this.opening ??= this.connect(this.options.clientId).finally(() => (this.opening = null));
    return this.opening;
  }

  /** A number that no order of ours has had, whatever number a gateway offers that was restarted. */
  nextOrderId(): number {
    return ++this.highestOrderId;
  }

  /** Says that a number was used. */
  noteOrderId(orderId: number): void {
    this.highestOrderId = Math.max(this.highestOrderId, orderId);
  }

  /** The stream of the venue: ready when it is signed in and the market behind the gateway is in reach. */
  openWire(events: WireEvents): Wire {
    const wire = { events };
    this.wire = wire;
    this.signedIn()
      .then((session) => this.confirm(session))
      .catch((error: unknown) => {
        if (this.wire === wire) events.lost(error instanceof Error ? error.message : String(error));
      });
    return {
      close: () => {
        if (this.wire !== wire) return;
        this.wire = null;
        this.hangUp();
      },
    };
  }

  /** Asks the gateway whether it is there. */
  ping(): void {
    if (this.session !== null) this.session.encoder.reqCurrentTime();
  }

  /** News for whoever listens to the stream. */
  tell(...events: readonly VenueEvent[]): void {
    this.wire?.events.message(events);
  }

  /** Gives up a connection over which questions are not answered: the next one is made anew. */
  replace(session: IbSession, reason: string): void {
    if (session !== this.session) return;
    session.close();
    this.lose(session, reason);
  }

  /** Ends the connection as soon as nobody waits for an answer on it. */
  hangUp(): void {
    this.cancelLinger();
    this.giveUpOpening();
    const { session } = this;
    this.session = null;
    if (session !== null && !session.isWaitedFor) session.close();
  }

  /** Whatever was announced at the start comes before the answer to this. */
  private async confirm(session: IbSession): Promise<void> {
    await session.ask(
      (encoder) => encoder.reqCurrentTime(),
      (message) => (message.kind === "told" && message.name === "currentTime" ? { answer: null } : null),
    );
    if (session === this.session && !session.isCut) this.tell({ kind: "ready" });
  }

  private connect(clientId: number): Promise<IbSession> {
    const { host, port, clock, requestTimeoutMs } = this.options;
    return new Promise((resolve, reject) => {
      let isTaken = false;
      let session: IbSession | null = null;
      const client = new IbClient({ host, port, clientId }, clock, {
        ready: (accounts, nextOrderId, zone) => {
          this.zone = zone;
          const onIdle = (): void => this.onIdle(made);
          const made = new IbSession({ client, clock, clientId, accounts, requestTimeoutMs, onIdle });
          session = made;
          this.session = made;
          this.noteOrderId(nextOrderId - 1);
          this.linger(made);
          resolve(made);
        },
        told: (name, values) => this.hear({ kind: "told", name, values }, session!),
        noticed: (notice) => {
          if (notice.code === taken) isTaken = true;
          if (session !== null) this.notice(notice, session);
        },
        lost: (reason) => {
          if (session !== null) return this.lose(session, reason);
          if (isTaken && clientId + 1 < this.options.clientId + clientIdsTried)
            return resolve(this.connect(clientId + 1));
          reject(new TransportError(isTaken ? `client id ${clientId} is in use` : reason));
        },
      });
      this.giveUpOpening = () => {
        if (session !== null) return;
        client.close();
        reject(new TransportError("the connection was given up"));
      };
    });
  }

  private notice(notice: IbNotice, session: IbSession): void {
    if (restored.has(notice.code)) {
      session.isCut = false;
      this.tell({ kind: "ready" });
    }
    if (cut.has(notice.code)) {
      session.isCut = true;
      this.wire?.events.lost(`${notice.text} (${notice.code})`);
    }
    this.hear({ kind: "noticed", notice }, session);
  }

  private hear(message: IbMessage, session: IbSession): void {
    try {
      this.options.onMessage(message, session);
    } catch (error) {
      const what = error instanceof Error ? error.message.slice(0, 200) : String(error);
      this.tell({ kind: "unreadable", reason: `a message of another shape: ${what}` });
    }
    if (session === this.session) this.tell({ kind: "alive" });
    session.hear(message);
  }

  private lose(session: IbSession, reason: string): void {
    session.hear({ kind: "lost", reason });
    if (this.session !== session) return;
    this.session = null;
    this.cancelLinger();
    this.wire?.events.lost(reason);
  }

  private onIdle(session: IbSession): void {
    if (session !== this.session) session.close();
    else this.linger(session);
  }

  private linger(session: IbSession): void {
    this.cancelLinger();
    if (this.wire !== null) return;
    this.cancelLinger = this.options.clock.schedule(lingerMs, () => {
      if (this.session === session && this.wire === null && !session.isWaitedFor) this.hangUp();
    });
  }
}
