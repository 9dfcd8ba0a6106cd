import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../test/run-kiwi.ts";
import { systemClock } from "../adapters/system-clock.ts";
import { AlertFiles } from "../app/alerts/alert-files.ts";
import { AlertService } from "../app/alerts/alert-service.ts";
import { withChannels } from "../app/alerts/with-channels.ts";
import { kiwiConfigSchema } from "../app/config/config-schema.ts";

const { path, remove } = temporaryFolder();
afterAll(remove);
const heard: { title: string; count: number; authorization: string | undefined }[] = [];
let status = 200;
const server = createServer((request, response) => {
  let text = "";
  request.on("data", (part: Buffer) => (text += part.toString()));
  request.on("end", () => {
    const { title, count } = JSON.parse(text) as { title: string; count: number };
    if (status === 200) heard.push({ title, count, authorization: request.headers.authorization });
    response.writeHead(status).end(status === 200 ? "" : "not today");
  });
});
let url = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => void server.close());

let count = 0;
function project(alerts: object): string {
  const folder = join(path, `project-${(count += 1)}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "kiwi.config.jsonc"), JSON.stringify({ alerts }));
  return folder;
}
const hook = () => ({ channels: { hook: { use: "webhook", url, token: { env: "HOOK_TOKEN" } } } });
const env = { HOOK_TOKEN: "s3cret-t0ken" };

test("a test message goes over every channel, and a refusal is said with its words and an exit code", async () => {
  const folder = project(hook());
  expect(await runKiwi(folder, ["alerts", "test"], env)).toMatchObject({ code: 0, out: "hook  delivered" });
  expect(heard.at(-1)).toEqual({
    title: "this is a test",
    count: 1,
    authorization: "Bearer s3cret-t0ken",
  });
  status = 503;
  const refused = await runKiwi(folder, ["alerts", "test", "--json"], env);
  status = 200;
  expect(refused.code).toBe(3);
  expect(JSON.parse(refused.out)).toMatchObject({
    schema: "alerts-test@1",
    ok: false,
    channels: [{ channel: "hook", delivered: false, why: "it answered 503: not today" }],
  });
  expect(refused.out).not.toContain("s3cret");
});

test("what cannot be right is said before anything is sent", async () => {
  const codes = async (alerts: object) => (await runKiwi(project(alerts), ["alerts", "test"], env)).err;
  expect(await codes({})).toContain("CHANNEL_NONE");
  expect(await codes({ channels: { pigeon: {} } })).toContain("CHANNEL_UNKNOWN");
  expect(await codes({ channels: { hook: { use: "webhook" } } })).toContain("alerts.channels.hook.url");
  expect(await codes({ channels: { slack: {} } })).toContain("SECRET_MISSING");
  expect(await codes({ ...hook(), rules: [{ channels: ["phone"] }] })).toContain('the channel "phone"');
});

test("alerts outlive the program, are listed, and are quiet once somebody takes them on", async () => {
  const folder = project(hook());
  const files = () => new AlertFiles(join(folder, ".kiwi", "alerts"));
  const whole = kiwiConfigSchema.parse({ alerts: hook() });
  const config = whole.alerts;
  const channels = await withChannels(whole, { folder, env }, async (open) => new Map(open));
  const failures: string[] = [];
  const open = () =>
    new AlertService({
      config,
      channels,
      files: files(),
      clock: systemClock,
      sender: "test",
      onFailure: ({ why }) => failures.push(why),
    });
  const event = (severity: "warning" | "critical") => ({
    kind: "drawdown" as const,
    about: "paper",
    severity,
    title: "down 12 %",
    text: "limit 10 %",
    atMs: systemClock.nowMs(),
  });
  const first = open();
  first.raise(event("warning"));
  await first.close();
  expect(heard.at(-1)).toMatchObject({ title: "down 12 %", count: 1 });
  const before = heard.length;

  expect((await runKiwi(folder, ["alerts", "list"])).out).toMatch(/A1 +warning +down 12 % +1 .* no$/m);
  expect((await runKiwi(folder, ["alerts", "ack", "A9"])).err).toContain("ALERT_UNKNOWN");
  expect((await runKiwi(folder, ["alerts", "ack", "A1"])).out).toBe("A1 acknowledged");

  const second = open();
  second.raise(event("warning"));
  await second.close();
  expect(heard.length).toBe(before);
  const third = open();
  third.raise(event("critical"));
  await third.close();
  expect(heard.at(-1)).toMatchObject({ count: 2 });
  expect(failures).toEqual([]);
  expect((await runKiwi(folder, ["alerts", "list", "--json"])).out).toContain('"count":3');
});
