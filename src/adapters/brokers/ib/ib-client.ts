import { connect, type Socket } from "node:net";
import { Decoder } from "@stoqey/ib/dist/core/io/decoder.js";
import { Encoder } from "@stoqey/ib/dist/core/io/encoder.js";
import { FrameReader, framedText } from "../../../base/framed-text.ts";
import type { Clock } from "../../../ports/clock.ts";
import { decimalText } from "../shared/decimal-text.ts";

/** A number that comes with a text, about an order, a request, or (-1) neither. */
export type IbNotice = { readonly id: number; readonly code: number; readonly text: string };

/** What a connection tells its owner; nothing after `close`. */
export type IbClientEvents = {
  /** The gateway knows us: its accounts, the first number that an order may have, and the time zone of its own clock. */
  readonly ready: (accounts: readonly string[], nextOrderId: number, zone: string) => void;
  /** A message that was understood: its name in `@stoqey/ib`, and what it holds. */
  readonly told: (name: string, values: readonly unknown[]) => void;
  readonly noticed: (notice: IbNotice) => void;
  readonly lost: (reason: string) => void;
};

export type IbPlace = { readonly host: string; readonly port: number; readonly clientId: number };

/**
 * The lowest version has all that orders need; the highest is the last one before messages of which Kiwi has no second
 * reader, far below 201, from which on a gateway writes protocol buffers.
 */
const versions = "v163..178";
const connectMsMax = 10_000;
/** The clients of the venue take no longer message either. */
const messageBytesMax = 0xffffff;

/**
 * One connection for as long as it holds. Messages are written and read by the codec of `@stoqey/ib`; its own client is
 * not used, because that keeps orders back while it is disconnected and sends them after it has connected again, and lets
 * a message that cannot be read end the process.
 */
export class IbClient {
  /** Everything that can be asked and sent. */
  readonly encoder: Encoder;
  private readonly events: IbClientEvents;
  private readonly socket: Socket;
  private readonly decoder: Decoder;
  private readonly reader = new FrameReader(messageBytesMax);
  private readonly clientId: number;
  private serverVersion = 0;
  private zone = "UTC";
  private accounts: readonly string[] | null = null;
  private nextOrderId: number | null = null;
  private isReady = false;
  private isOpen = true;
  private readonly cancelTimer: () => void;

  constructor({ host, port, clientId }: IbPlace, clock: Clock, events: IbClientEvents) {
    this.events = events;
    this.clientId = clientId;
    const versionOf = (): number => this.serverVersion;
    this.encoder = new Encoder({
      get serverVersion() {
        return versionOf();
      },
      sendMsg: (...tokens: unknown[]) => this.write(tokens),
      emitError: (text) => this.end(`a message could not be written: ${text}`),
    });
    this.decoder = new Decoder({
      get serverVersion() {
        return versionOf();
      },
      emitEvent: (name, ...values) => this.hear(name, values),
      emitError: (text, code, id) => this.notice(text, code, id),
      emitInfo: (text, code) => this.notice(text, code, -1),
    });
    this.socket = connect({ host, port, noDelay: true });
    this.socket.on("connect", () => this.greet());
    this.socket.on("data", (data) => this.receive(data));
    this.socket.on("error", (error) => {
      this.end(`the connection failed (${(error as { readonly code?: string }).code ?? error.name})`);
    });
    this.socket.on("close", () => this.end("the connection was closed"));
    this.cancelTimer = clock.schedule(connectMsMax, () => {
      if (!this.isReady) this.end("it did not answer");
    });
  }

  /** Hangs up. */
  close(): void {
    this.isOpen = false;
    this.cancelTimer();
    this.socket.destroy();
  }

  private greet(): void {
    this.socket.write("API\0");
    this.socket.write(framedText(versions));
  }

  private write(tokens: readonly unknown[]): void {
    if (!this.isOpen || this.serverVersion === 0) return;
    const fields = (tokens.flat(Infinity) as unknown[]).map(fieldText);
    this.socket.write(framedText(fields.map((field) => `${field}\0`).join("")));
  }

  private receive(data: Buffer): void {
    try {
      const texts = this.reader.take(data);
      if (texts === null) return this.end("something came that is no message");
      for (const text of texts) {
        if (!this.isOpen) return;
        const fields = text.split("\0").slice(0, -1);
        if (this.serverVersion === 0) this.start(fields);
        else {
          this.decoder.enqueueMessage(fields);
          this.decoder.process();
        }
      }
    } catch (error) {
      this.end(`a message could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private start([version, connectedAt = ""]: readonly string[]): void {
    this.serverVersion = Number(version);
    this.zone = /^\d+ [\d:]+ (.+)$/.exec(connectedAt)?.[1] ?? this.zone;
    const [least, most] = versions.slice(1).split("..").map(Number) as [number, number];
    if (!(this.serverVersion >= least && this.serverVersion <= most))
      return this.end(`it speaks version ${version}, and Kiwi ${least} to ${most}`);
    this.write([71, 2, this.clientId, ""]);
  }

  private hear(name: string, values: readonly unknown[]): void {
    if (!this.isOpen) return;
    if (this.isReady) return this.events.told(name, values);
    if (name === "managedAccounts")
      this.accounts = String(values[0])
        .split(",")
        .filter((each) => each !== "");
    if (name === "nextValidId") this.nextOrderId = Number(values[0]);
    if (this.accounts === null || this.nextOrderId === null) return;
    this.isReady = true;
    this.cancelTimer();
    this.events.ready(this.accounts, this.nextOrderId, this.zone);
  }

  private notice(text: string, code: number, id: number | undefined): void {
    if (!this.isOpen) return;
    // Without an id it comes from the codec: what was not understood may have been about an order.
    if (id === undefined) return this.end(`a message could not be read: ${text}`);
    this.events.noticed({ id, code, text });
  }

  private end(reason: string): void {
    if (!this.isOpen) return;
    this.close();
    this.events.lost(reason);
  }
}

function fieldText(token: unknown): string {
  if (token === undefined || token === null) return "";
  if (typeof token === "boolean") return token ? "1" : "0";
  return typeof token === "number" ? decimalText(token) : (token as string);
}
