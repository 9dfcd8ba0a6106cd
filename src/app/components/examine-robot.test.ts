import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { openSessionFolder, type SessionNote } from "../trading/session-folder.ts";
import { writeStatus, type SessionStatus } from "../trading/session-status.ts";
import { monitoring, venueClock } from "./examine-robot.ts";

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

const homes: string[] = [];
afterEach(() => homes.splice(0).forEach((home) => rmSync(home, { recursive: true })));

/** Sessions with what each measured of its venue's clock: nothing for undefined, and null for no status at all. */
function measured(skews: Readonly<Record<string, number | undefined | null>>): ReturnType<typeof venueClock> {
  const home = mkdtempSync(join(tmpdir(), "kiwi-clock-"));
  homes.push(home);
  const notes = Object.entries(skews).map(([id, skewMs]) => {
    const note = { id, isDemo: id.startsWith("demo") } as SessionNote;
    const { status } = openSessionFolder(home, note);
    const gauges = skewMs === undefined ? {} : { "clock-skew": skewMs };
    if (skewMs !== null) writeStatus(status, { gauges } as SessionStatus);
    return note;
  });
  return venueClock(home, notes);
}

test("the venue's clock is as far off as the worst session has measured, and beyond two seconds the fix stands there", () => {
  expect(measured({ one: 40, two: 2_000, three: undefined, four: null })).toEqual({
    condition: "ok",
    detail: "at most 2 s off (session two)",
  });
  expect(measured({ one: 7_200_000, two: 40 })).toEqual({
    condition: "degraded",
    detail: "at most 2 h off (session one)",
    fix: expect.stringContaining("sudo timedatectl set-ntp true"),
  });
});

test("without a session that has measured it, a demo's fast clock left aside, the venue's clock is not called right", () => {
  const unknown = { condition: "ok", detail: expect.stringMatching(/^not measured: .*kiwi broker check/) };
  expect(measured({})).toEqual(unknown);
  expect(measured({ "demo-1": 60_000, two: undefined, three: null })).toEqual(unknown);
});
