import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import { ManualClock } from "../../../../test/fakes/manual-clock.ts";
import { systemClock } from "../../system-clock.ts";
import { Prng } from "../../../base/prng.ts";
import { binanceSource } from "../binance/binance-source.ts";
import { captureFetch } from "../../shared/capture-fetch.ts";

// A host that sends a byte now and then is never silent, and never done.
const server: Server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const dripping = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(dripping));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test("a request has a deadline, however busily the host sends nothing", async () => {
  const startedMs = performance.now();
  await expect(captureFetch(systemClock, url, {}, 300)).rejects.toThrow("no answer within 300 ms");
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});

test("a client that only knows a limit of silence has one as well", async () => {
  const source = await binanceSource({
    clock: new ManualClock(Date.UTC(2024, 0, 1), "auto"),
    prng: new Prng(1),
    baseUrl: url,
    requestTimeoutMs: 300,
    retry: { attemptsMax: 1 },
  });
  await expect(source.latest("BTCUSDT", "1h", 1)).rejects.toThrow("no answer within 300 ms");
  await source.close();
});
