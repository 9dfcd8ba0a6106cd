import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createDoor, type AddressInfo, type Server as Door, type Socket } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import type { Clock } from "../../ports/clock.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { isCarriedOut, type FaultPlan, type RequestFate } from "../faults/fault-plan.ts";
import { answerControl } from "./control.ts";
import type { Face, WireReply, WireRequest } from "./face.ts";
import { FaultySocket } from "./faulty-socket.ts";
import type { Pace } from "./pace.ts";
import { RawConnection } from "./raw-connection.ts";

/** Larger bodies are no orders. */
const bodyBytesMax = 1_000_000;
/** How long a request is left without an answer before the connection goes. */
const unansweredMs = 60_000;

export type HostOptions = {
  readonly face: Face;
  readonly exchange: Exchange;
  readonly pace: Pace;
  readonly faults: FaultPlan;
  readonly clock: Clock;
};

/** Serves a face over HTTP and WebSocket, with the faults of a plan in between. */
export class EmulatorHost {
  /** Requests that came, faults included. */
  requestCount = 0;
  private readonly options: HostOptions;
  private readonly server: Server;
  /** What listens: the server itself, or a door in front of it that knows other protocols by their first bytes. */
  private readonly door: Server | Door;
  private readonly connections = new Set<Socket>();
  private readonly streams = new WebSocketServer({ noServer: true, autoPong: false });
  private readonly openStreams = new Set<{ terminate(): void }>();

  constructor(options: HostOptions) {
    this.options = options;
    this.server = createServer((request, response) => this.receive(request, response));
    this.door = options.face.raw === undefined ? this.server : createDoor();
    this.door.on("connection", (socket: Socket) => {
      socket.setNoDelay(true);
      this.connections.add(socket);
      socket.on("close", () => this.connections.delete(socket));
      if (this.door !== this.server) this.greet(socket);
    });
    this.server.on("upgrade", (request, socket, head) => {
      this.streams.handleUpgrade(request, socket, head, (stream) => this.open(stream, request));
    });
  }

  /** Listens; port 0 takes a free one. Resolves with the port. */
  listen(port: number, address = "127.0.0.1"): Promise<number> {
    return new Promise((resolve, reject) => {
      this.door.once("error", reject);
      this.door.listen(port, address, () => resolve((this.door.address() as AddressInfo).port));
    });
  }

  async close(): Promise<void> {
    this.options.pace.stop();
    this.cutStreams();
    for (const connection of this.connections) connection.destroy();
    await new Promise((resolve) => this.door.close(resolve));
  }

  /** Breaks every open stream without a word. */
  cutStreams(): void {
    for (const stream of this.openStreams) stream.terminate();
  }

  /** Looks at the first bytes of a connection, and gives it to whoever speaks that. */
  private greet(socket: Socket): void {
    const { face, faults, pace, clock } = this.options;
    const raw = face.raw!;
    socket.on("error", () => socket.destroy());
    socket.once("data", (first) => {
      if (!raw.isMine(first)) {
        socket.pause();
        socket.unshift(first);
        this.server.emit("connection", socket);
        socket.resume();
        return;
      }
      const connection = new RawConnection(socket, {
        faults,
        pace,
        clock,
        count: () => (this.requestCount += 1),
      });
      const stream = { terminate: () => socket.destroy() };
      this.openStreams.add(stream);
      const handler = raw.connect(connection);
      socket.on("data", (data) => handler.message(data));
      socket.on("close", () => {
        this.openStreams.delete(stream);
        handler.closed();
      });
      handler.message(first);
    });
  }

  private receive(request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = [];
    let size = 0;
    request.on("data", (part: Buffer) => {
      size += part.length;
      if (size > bodyBytesMax) request.destroy();
      else parts.push(part);
    });
    request.on("end", () => this.serve(wireRequest(request, Buffer.concat(parts).toString()), response));
    request.on("error", () => response.destroy());
  }

  private serve(request: WireRequest, response: ServerResponse): void {
    const { exchange, faults, pace, face, clock } = this.options;
    // Clients measure their clock by this header: it tells the time of the wire, which may not be the machine's.
    response.setHeader("date", new Date(clock.nowMs() + faults.skewMs).toUTCString());
    if (request.path.startsWith("/emulator/"))
      return send(
        response,
        answerControl(request, { exchange, faults, pace, raw: face.raw, cut: () => this.cutStreams() }),
      );
    this.requestCount += 1;
    pace.began();
    const fate = faults.nextRequest();
    const reply = isCarriedOut(fate) ? face.handle(request) : null;
    pace.ended();
    const delayMs = faults.nextDelayMs();
    if (delayMs === 0) this.finish(response, fate, reply);
    else this.options.clock.schedule(delayMs, () => this.finish(response, fate, reply));
  }

  /** What the client sees of it. */
  private finish(response: ServerResponse, fate: RequestFate, reply: WireReply | null): void {
    const { face, clock } = this.options;
    switch (fate) {
      case "answered":
        return send(response, reply!);
      case "lost":
      case "reset":
        response.destroy();
        return;
      case "unanswered":
        clock.schedule(unansweredMs, () => response.destroy());
        return;
      case "server_error":
      case "server_error_after":
        return send(response, face.faultReply("server_error"));
      case "rate_limited":
        return send(response, face.faultReply("rate_limited"));
      case "html":
        response.writeHead(200, { "content-type": "text/html" });
        response.end("<!DOCTYPE html><html><body><h1>We will be back soon</h1></body></html>");
        return;
      case "truncated": {
        const text = JSON.stringify(reply!.body ?? "");
        response.writeHead(200, { "content-type": "application/json" });
        response.end(text.slice(0, text.length >> 1));
      }
    }
  }

  private open(stream: WebSocket, request: IncomingMessage): void {
    const { face, faults, pace } = this.options;
    const send = (data: string | Uint8Array): void => {
      if (stream.readyState === stream.OPEN) stream.send(data);
    };
    const socket = new FaultySocket(
      { send, close: (code) => stream.close(code), cut: () => stream.terminate() },
      faults,
    );
    const handler = face.connect(request.url ?? "/", request.headers, socket);
    if (handler === null) return stream.close(1008);
    this.openStreams.add(stream);
    stream.on("error", () => stream.terminate());
    stream.on("ping", (data) => {
      if (!socket.isSilent) stream.pong(data);
    });
    stream.on("message", (data) => {
      pace.heardSomething();
      handler.message(data as Buffer);
    });
    stream.on("close", () => {
      this.openStreams.delete(stream);
      handler.closed();
    });
  }
}

function wireRequest(request: IncomingMessage, body: string): WireRequest {
  const url = request.url ?? "/";
  const mark = url.indexOf("?");
  const rawQuery = mark < 0 ? "" : url.slice(mark + 1);
  return {
    method: request.method ?? "GET",
    path: mark < 0 ? url : url.slice(0, mark),
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: request.headers,
    body,
  };
}

function send(response: ServerResponse, { status, headers, body }: WireReply): void {
  if (body === undefined) {
    response.writeHead(status, headers);
    response.end();
    return;
  }
  // As text, so that it goes out with its headers in one write.
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
