import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import type { Clock } from "../../src/ports/clock.ts";

export type FakeRequest = {
  /** When it came, by the fake's clock. */
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  /** As it stood in the address, undecoded. */
  readonly rawQuery: string;
  /** What was sent along, as text. */
  readonly body: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
};

export type FakeReply = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string and bytes as they are. */
  readonly body: unknown;
};

/** What goes wrong with one request, instead of its answer. */
export type Fault =
  | ({ readonly kind: "reply" } & FakeReply)
  | { readonly kind: "html"; readonly status: number }
  /** A whole answer that holds half of the JSON. */
  | { readonly kind: "half" }
  /** The connection breaks in the middle of the body. */
  | { readonly kind: "cut" }
  | { readonly kind: "drop" }
  /** What was asked is done, and the connection breaks before the answer. */
  | { readonly kind: "lost" }
  /** What was asked is done, and a page comes instead of the answer. */
  | { readonly kind: "lost-page"; readonly status: number }
  | { readonly kind: "hang" };

type FakeSocketHandler = {
  readonly open?: (socket: WebSocket, path: string) => void;
  readonly message?: (socket: WebSocket, data: Buffer) => void;
};

/** A host on 127.0.0.1 that answers as it is told, misbehaves on demand, and remembers what it was asked. */
export class FakeHost {
  readonly requests: FakeRequest[] = [];
  /** Used up one by one before `answer` is asked. */
  readonly faults: Fault[] = [];
  /** Requests that faults are kept for; all of them by default. */
  isFaulty: (request: FakeRequest) => boolean = () => true;
  answer: (request: FakeRequest) => FakeReply = () => ({ status: 404, body: {} });
  socketHandler: FakeSocketHandler = {};
  /** Whether a new WebSocket is cut off at once. */
  isRefusing = false;
  isPongless = false;
  /** Connections ever made to the WebSocket, refused ones included. */
  socketCount = 0;
  readonly sockets = new Set<WebSocket>();
  private readonly clock: Clock;
  private readonly server: Server;
  private readonly connections = new Set<Socket>();
  private readonly wss = new WebSocketServer({ noServer: true, autoPong: false });

  private constructor(clock: Clock) {
    this.clock = clock;
    this.server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => this.serve(request, Buffer.concat(parts).toString(), response));
    });
    this.server.on("connection", (socket) => {
      this.connections.add(socket);
      socket.on("close", () => this.connections.delete(socket));
    });
    this.server.on("upgrade", (request, socket, head) => {
      this.socketCount += 1;
      if (this.isRefusing) return socket.destroy();
      this.wss.handleUpgrade(request, socket, head, (ws) => this.greet(ws, request.url ?? ""));
    });
  }

  static async start(clock: Clock): Promise<FakeHost> {
    const host = new FakeHost(clock);
    await new Promise<void>((resolve) => host.server.listen(0, "127.0.0.1", resolve));
    return host;
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.address}`;
  }

  get wsUrl(): string {
    return `ws://${this.address}`;
  }

  /** Sends to every open WebSocket, in binary frames where that is asked for; JSON unless it is text. */
  send(message: unknown, isBinary = false): void {
    const text = typeof message === "string" ? message : JSON.stringify(message);
    for (const socket of this.sockets) socket.send(isBinary ? Buffer.from(text) : text);
  }

  /** Breaks every open WebSocket without a word. */
  cutSockets(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  async close(): Promise<void> {
    this.cutSockets();
    for (const connection of this.connections) connection.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private greet(socket: WebSocket, path: string): void {
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("error", () => {});
    socket.on("ping", (data) => {
      if (!this.isPongless) socket.pong(data);
    });
    socket.on("message", (data) => this.socketHandler.message?.(socket, data as Buffer));
    this.socketHandler.open?.(socket, path);
  }

  private serve(request: IncomingMessage, body: string, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://host");
    const asked = {
      atMs: this.clock.nowMs(),
      method: request.method ?? "GET",
      path: url.pathname,
      query: url.searchParams,
      rawQuery: url.search.slice(1),
      body,
      headers: request.headers,
    };
    this.requests.push(asked);
    const fault = this.isFaulty(asked) ? this.faults.shift() : undefined;
    const date = new Date(this.clock.nowMs()).toUTCString();
    if (fault === undefined) return send(response, date, this.answer(asked));
    switch (fault.kind) {
      case "reply":
        return send(response, date, fault);
      case "html":
        return send(response, date, page(fault.status));
      case "half": {
        const text = JSON.stringify(this.answer(asked).body);
        return send(response, date, { body: text.slice(0, text.length >> 1) });
      }
      case "cut":
        response.writeHead(200, { "content-type": "application/json", "content-length": "100000", date });
        response.write("[[17000000");
        setImmediate(() => request.socket.destroy());
        return;
      case "lost":
        this.answer(asked);
        request.socket.destroy();
        return;
      case "lost-page":
        this.answer(asked);
        return send(response, date, page(fault.status));
      case "drop":
        request.socket.destroy();
        return;
      case "hang":
    }
  }
}

function page(status: number): FakeReply {
  return {
    status,
    headers: { "content-type": "text/html" },
    body: "<html><body>maintenance</body></html>",
  };
}

function send(response: ServerResponse, date: string, { status = 200, headers, body }: FakeReply): void {
  const text = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", date, ...headers });
  response.end(text);
}
