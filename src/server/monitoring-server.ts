import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { KiwiError } from "../base/errors.ts";
import type { RobotStatus } from "../robot/robot-types.ts";
import type { Health } from "./health.ts";
import { Metrics } from "./metrics.ts";

/** Whom the server asks, at every request anew. */
export type MonitoringParts = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly health: () => Health;
  readonly status: () => RobotStatus | null;
  /** Whether figures of the process itself are shown as well. */
  readonly withProcess: boolean;
  /** How many rejections nobody has handled; 0 where it is left out. */
  readonly rejections?: () => number;
};

/** A server that is open. */
export type MonitoringServer = { readonly url: string; close(): Promise<void> };

/**
 * Serves /healthz (503 when a critical part has failed), /readyz (503 until the robot runs) and /metrics for Prometheus.
 * It reads and changes nothing, and answers only to names of this machine: a page in a browser cannot reach it through a
 * name of its own (DNS rebinding). Rejects with `PORT_TAKEN`.
 */
export async function openMonitoring(parts: MonitoringParts): Promise<MonitoringServer> {
  const metrics = new Metrics(parts.withProcess);
  const server = createServer((request, response) => void answer(request, response, parts, metrics));
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(cause.code === "EADDRINUSE" ? portTaken(parts.port, cause) : cause),
    );
    server.listen(parts.port, parts.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${parts.host.includes(":") ? `[${parts.host}]` : parts.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { health, status, host, rejections }: MonitoringParts,
  metrics: Metrics,
): Promise<void> {
  const send = (code: number, type: string, body: string): void => {
    response.writeHead(code, {
      "content-type": type,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    response.end(request.method === "HEAD" ? "" : body);
  };
  const path = (request.url ?? "").split("?")[0];
  if (!isForUs(request.headers.host, host)) return send(421, "text/plain", "this name is not served here\n");
  if (request.method !== "GET" && request.method !== "HEAD") return send(405, "text/plain", "read only\n");
  if (path === "/metrics")
    return send(200, metrics.contentType, await metrics.page(status(), health(), rejections?.()));
  if (path !== "/healthz" && path !== "/readyz")
    return send(404, "text/plain", "/healthz, /readyz, /metrics\n");
  const now = health();
  const isGood = now.condition !== "failed" && (path === "/healthz" || now.condition !== "starting");
  send(isGood ? 200 : 503, "application/json", `${JSON.stringify({ schema: "health@1", ...now })}\n`);
}

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whoever opened the server to a network has said so, and may be called by any name there. */
function isForUs(named: string | undefined, host: string): boolean {
  if (host !== "127.0.0.1" && host !== "localhost" && host !== "::1") return true;
  return loopback.has((named ?? "").replace(/:\d+$/, ""));
}

function portTaken(port: number, cause: Error): KiwiError {
  return new KiwiError(
    {
      code: "PORT_TAKEN",
      exit: "config",
      message: `health and figures cannot be served on port ${port}`,
      why: "another program listens there, perhaps another session",
      fix: "name a free one: --monitor PORT",
      topic: "trading",
    },
    { cause },
  );
}
