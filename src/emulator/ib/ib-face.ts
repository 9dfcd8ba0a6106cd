import { FrameReader } from "../../base/framed-text.ts";
import { secondMs } from "../../base/time.ts";
import { CandleBook } from "../candles/candle-book.ts";
import type { Face, RawProtocol, RawSocket, SocketHandler, WireReply } from "../wire/face.ts";
import type { FaceTools } from "../wire/face-tools.ts";
import { RateLimit } from "../wire/rate-limit.ts";
import { IbDesk } from "./ib-desk.ts";
import type { IbError } from "./ib-errors.ts";
import { IbSession } from "./ib-session.ts";
import { timeText } from "./ib-times.ts";
import { frame } from "./frames.ts";

export type IbOptions = {
  /** How many times wider than a gateway's the limit of messages is. */
  readonly rateScale: number;
  /** `U` for accounts with money: by default they are those of paper trading. */
  readonly accountPrefix?: "DU" | "U";
};

/**
 * What a message looks like depends on the server's version. This is the highest that `@stoqey/ib` and `ib_async` both
 * speak; from 201 on a gateway writes protocol buffers.
 */
const serverVersion = 178;
const greeting = "API\0";
const messagesPerSecond = 50;
/** Longer messages are none. */
const messageBytesMax = 1_000_000;

const announcements: Readonly<Record<Parameters<RawProtocol["announce"]>[0], IbError>> = {
  down: [1100, "Connectivity between IBKR and Trader Workstation has been lost."],
  back: [
    1102,
    "Connectivity between IBKR and Trader Workstation has been restored - data maintained. All data farms are connected.",
  ],
  "back-with-losses": [
    1101,
    "Connectivity between IBKR and Trader Workstation has been restored - data lost.",
  ],
};

/** The socket protocol of Trader Workstation and of the gateway. Over HTTP there is nothing here. */
export class IbFace implements Face {
  readonly name = "ib";
  private readonly desk: IbDesk;
  private readonly candles: CandleBook;
  private readonly limit: RateLimit;
  private readonly sessions = new Set<IbSession>();
  private readonly clientIds = new Set<number>();
  /** Whether the market behind the gateway is out of reach. */
  private isDown = false;

  constructor(tools: FaceTools, { rateScale, accountPrefix = "DU" }: IbOptions = { rateScale: 1 }) {
    this.desk = new IbDesk(tools, accountPrefix);
    this.candles = new CandleBook(tools.exchange);
    this.limit = new RateLimit(messagesPerSecond * rateScale, secondMs);
    tools.exchange.listen((event) => {
      this.desk.hear(event);
      for (const session of this.sessions) session.hear(event);
    });
  }

  readonly raw: RawProtocol = {
    isMine: (first) => first.toString("latin1", 0, greeting.length) === greeting,
    connect: (socket) => this.converse(socket),
    announce: (line) => {
      this.isDown = line === "down";
      for (const session of this.sessions) session.announce(announcements[line]);
    },
  };

  handle(): WireReply {
    return {
      status: 404,
      body: { message: "this venue speaks no HTTP: connect a client of the TWS API to this port" },
    };
  }

  connect(): null {
    return null;
  }

  faultReply(): WireReply {
    return this.handle();
  }

  private converse(socket: RawSocket): SocketHandler {
    const reader = new FrameReader(messageBytesMax);
    let session: IbSession | null = null;
    let isGreeted = false;
    const greet = (versions: string): void => {
      const [, least = "", most = least] = /^v(\d+)(?:\.\.(\d+))?/.exec(versions) ?? [];
      if (Number(least) > serverVersion || !(Number(most) >= serverVersion)) return socket.close();
      socket.answer(frame([serverVersion, timeText(this.desk.nowMs())]));
      session = this.newSession(socket);
    };
    return {
      message: (data) => {
        const texts = reader.take(isGreeted ? data : data.subarray(greeting.length));
        isGreeted = true;
        if (texts === null) return socket.close();
        for (const text of texts)
          if (session === null) greet(text);
          else session.handle(text);
      },
      closed: () => {
        if (session === null) return;
        this.sessions.delete(session);
        session.closed();
      },
    };
  }

  private newSession(socket: RawSocket): IbSession {
    const session = new IbSession(socket, {
      desk: this.desk,
      candles: this.candles,
      limit: this.limit,
      isDown: () => this.isDown,
      claim: (clientId) => !this.clientIds.has(clientId) && this.clientIds.add(clientId) !== undefined,
      free: (clientId) => this.clientIds.delete(clientId),
    });
    this.sessions.add(session);
    return session;
  }
}
