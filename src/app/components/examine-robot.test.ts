import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { monitoring } from "./examine-robot.ts";

test("the port of the monitoring is free, a robot's, or somebody else's, and the last says how to find out whose", async () => {
  let page = JSON.stringify({ schema: "health@1", condition: "degraded" });
  const server = createServer((_, response) => response.end(page)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect(await monitoring(port)).toMatchObject({
    condition: "ok",
    detail: expect.stringMatching(/a robot answers.*degraded/),
  });
  page = "<html>another program</html>";
  expect(await monitoring(port)).toMatchObject({
    condition: "degraded",
    detail: `port ${port}, which deploy/ names for --monitor, is taken by another program`,
    fix: expect.stringContaining(`--monitor ${port + 1}`),
  });
  server.close();
  server.closeAllConnections();
  await once(server, "close");
  expect(await monitoring(port)).toMatchObject({
    condition: "ok",
    detail: `port ${port} is free for --monitor ${port}`,
  });
});
