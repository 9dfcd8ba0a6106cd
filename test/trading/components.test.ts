import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openJournalFile } from "../../src/adapters/stores/journal/journal-file.ts";
import { findSession, sessionPaths } from "../../src/app/trading/session-folder.ts";
import type { ComponentReport } from "../../src/ports/component.ts";
import { DemoBench } from "./demo-bench.ts";

// A running paper session as a person changes it: real processes, a real venue behind a wire, a real webhook.

const heard: string[] = [];
const web = createServer((request, response) => {
  let text = "";
  request.on("data", (part: Buffer) => (text += part.toString()));
  request.on("end", () => {
    const { title, text: said } = JSON.parse(text) as { title: string; text: string };
    heard.push(`${request.url} ${title}: ${said}`);
    response.end("ok");
  });
});
let address = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => void web.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
});
afterAll(() => void web.close());
const bench = new DemoBench();
afterEach(() => bench.remove());

const hook = (path: string) => ({ use: "webhook", url: `${address}/${path}` });

function configure(text: object | string): void {
  const config = typeof text === "string" ? text : JSON.stringify(text);
  writeFileSync(join(bench.folder, "kiwi.config.jsonc"), config);
}

const partOf = (id: string): ComponentReport | undefined =>
  bench.status()?.components.find((one) => one.id === id);

test("a running session shows its parts, switches those that may be, takes edits that are right and refuses the others", async () => {
  const rules = [{ name: "all", severity: "warning", channels: ["first", "second"] }];
  configure({ alerts: { channels: { first: hook("first"), second: hook("second") }, rules } });
  await bench.startUntil(({ robot }) => robot.phase === "running" && robot.counts.slices > 0, 60_000);

  const shown = await bench.run("components", "--session", "last");
  // Time runs thirty times as fast here: on a busy machine the venue's clock is off, and that is said as well.
  expect([0, 3], shown.out + shown.err).toContain(shown.code);
  for (const words of [
    /^robot +ok /m,
    /`- store journal/,
    /\|- broker demo +ok/,
    /\|- channel first +ok/,
    /^shadow +ok/m,
  ])
    expect(shown.out).toMatch(words);

  // What nothing works without is not switched, and a name that is wrong is told.
  expect((await bench.run("components", "disable", "broker", "demo")).err).toContain("COMPONENT_FIXED");
  expect((await bench.run("components", "disable", "shadwo")).err).toContain("did you mean shadow?");
  const off = await bench.run("components", "disable", "channel", "second");
  expect(off.out).toContain("channel second is off");
  expect(partOf("alert rule all")).toMatchObject({ condition: "degraded" });
  await bench.run("components", "disable", "shadow");
  expect((await bench.until(({ comparison }) => comparison === null, 10_000)).components).toContainEqual(
    expect.objectContaining({ id: "shadow", state: "off", condition: "ok" }),
  );
  expect((await bench.run("components", "enable", "shadow")).out).toContain("shadow is open");

  // An edit with a mistake in it: the old settings stay, the log and the alerts say so, health says how to mend it.
  configure('{ "alerts": { "channels": ');
  await bench.until(() => partOf("config")?.condition === "degraded", 15_000);
  expect(partOf("config")).toMatchObject({ detail: expect.stringContaining("CONFIG_SYNTAX") });
  await expect.poll(() => heard.filter((text) => text.includes("CONFIG_SYNTAX"))).toHaveLength(1);
  // The channel that was switched off heard nothing of it.
  expect(heard.filter((text) => text.startsWith("/second") && text.includes("CONFIG"))).toEqual([]);

  // A channel that does not open: nothing of the edit is taken.
  configure({ alerts: { channels: { third: hook("third"), chat: { use: "slack" } } } });
  await bench.until(() => partOf("config")?.detail.includes("SECRET_MISSING") === true, 15_000);
  expect([partOf("channel first")?.state, partOf("channel third")]).toEqual(["open", undefined]);

  // One that is right is in force at once, and the robot goes on.
  const always = [{ severity: "warning", channels: ["third"], cooldownMinutes: 0 }];
  configure({
    alerts: { channels: { third: hook("third") }, rules: always },
    trading: { log: { "*": "warn" } },
  });
  const { robot } = await bench.until(() => partOf("channel third")?.state === "open", 15_000);
  expect(robot.phase).toBe("running");
  expect(partOf("config")).toMatchObject({ condition: "ok" });
  expect(partOf("channel first")).toBeUndefined();
  configure({ alerts: { channels: { third: { ...hook("third"), colour: 1 } }, rules: always } });
  const isRefused = (text: string): boolean => /^\/third .*CHANNEL_INVALID/.test(text);
  await expect.poll(() => heard.some(isRefused), { timeout: 15_000 }).toBe(true);

  expect((await bench.run("paper", "stop")).code).toBe(0);
  await bench.ended();
  const journal = openJournalFile(sessionPaths(bench.home, findSession(bench.home, undefined).id).journal);
  const written = [...journal.read()].flatMap((record) =>
    record.kind === "incident" && record.what.startsWith("settings")
      ? [`${record.what}: ${record.message}`]
      : [],
  );
  journal.close();
  expect(written).toEqual([
    expect.stringMatching(/^settings changed: channel second was switched off by /),
    expect.stringMatching(/^settings changed: shadow was switched off by /),
    expect.stringMatching(/^settings changed: shadow was switched on by /),
    expect.stringMatching(/^settings refused: .*CONFIG_SYNTAX/),
    expect.stringMatching(/^settings refused: .*SECRET_MISSING/),
    expect.stringMatching(/^settings changed: .*alerts\.channels\.third\.url nothing -> http.*trading\.log/),
    expect.stringMatching(/^settings refused: .*CHANNEL_INVALID/),
  ]);
  // What was switched and edited is no part of what was decided.
  expect((await bench.run("replay", "last")).out).toContain("as recorded");
}, 180_000);
