import { WebSocket, type RawData } from "ws";
import type { Wire, WireEvents } from "../../shared/wire.ts";

/** A socket that can also be written to. */
export type SocketWire = Wire & { readonly send: (message: unknown) => void; readonly ping: () => void };

/** What a socket delivers when its other end has answered a ping of the protocol. */
export const pongMessage = { pong: true } as const;

/** Asks the other end of a socket whether it is there. */
export function pingSocket(wire: Wire): void {
  (wire as SocketWire).ping();
}

const connectMsMax = 10_000;
const messageBytesMax = 16 * 1024 * 1024;

/**
 * One WebSocket for as long as it holds: messages are JSON, as text or in binary frames. It never reconnects on its own
 * and follows no redirect, which would carry a key to another host.
 */
export function openSocketWire(
  url: string,
  { message, lost }: WireEvents,
  onOpen: (wire: SocketWire) => void,
): SocketWire {
  const socket = new WebSocket(url, {
    handshakeTimeout: connectMsMax,
    maxPayload: messageBytesMax,
    followRedirects: false,
  });
  let isOpen = true;
  let reason = "the connection was closed";
  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    lost(reason);
  };
  const wire: SocketWire = {
    send(content) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(content));
    },
    ping() {
      if (socket.readyState === WebSocket.OPEN) socket.ping();
    },
    close() {
      isOpen = false;
      socket.terminate();
    },
  };
  socket.on("open", () => isOpen && onOpen(wire));
  socket.on("message", (data) => {
    if (isOpen) message(parsed(data));
  });
  socket.on("pong", () => {
    if (isOpen) message(pongMessage);
  });
  socket.on("unexpected-response", (request, response) => {
    reason = `the connection was refused with HTTP ${response.statusCode}`;
    request.destroy();
    end();
  });
  // The message of an error may quote what was sent.
  socket.on("error", (error) => {
    reason = `the connection failed (${(error as { code?: string }).code ?? error.name})`;
  });
  socket.on("close", end);
  return wire;
}

/** What a frame holds; text that is no JSON stays text. */
function parsed(data: RawData): unknown {
  const text = (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer)).toString();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
