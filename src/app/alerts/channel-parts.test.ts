import { expect, test } from "vitest";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { defineChannel } from "../../ports/alert-channel.ts";
import { text } from "../../domain/params.ts";
import { Components } from "../components/components.ts";
import { alertConfigSchema } from "../config/alert-config.ts";
import { builtIn } from "../plugins/registry.ts";
import { alertParts } from "./channel-parts.ts";

test("a channel may wait to open, gets clock and secret, tells how it is, and is closed", async () => {
  const done: string[] = [];
  let line = "up";
  const pager = defineChannel({
    name: "pager",
    summary: "A line that stays open.",
    options: { number: text("1", "whom it calls") },
    credentials: [{ name: "token", what: "a token", env: "PAGER_TOKEN" }],
    async open({ number }, { clock, credentials, folder }) {
      await Promise.resolve();
      done.push(`open ${number} ${credentials.token} ${clock.nowMs() > 0} ${folder}`);
      return {
        send: async () => {},
        health: () => ({ condition: line === "up" ? "ok" : "failed", detail: `the line is ${line}` }),
        close: async () => void done.push("close"),
      };
    },
  });
  const alerts = alertConfigSchema.parse({
    channels: { night: { use: "pager", number: "7" } },
    rules: [{ channels: ["night"] }],
  });
  const places = { folder: "/project", env: { PAGER_TOKEN: "t0ken" } };
  const { parts, channels } = alertParts(alerts, places, { ...builtIn, channels: [pager] });
  const components = new Components(parts, { clock: new ManualClock(0) });
  expect(channels.size).toBe(0);
  await components.open();
  expect([...channels.keys()]).toEqual(["night"]);
  line = "down";
  expect(components.reports().map(({ id, condition, detail }) => [id, condition, detail])).toEqual([
    ["channel night", "failed", "the line is down"],
    ["alert rule 1", "ok", "everything, from warning on"],
  ]);
  await components.close();
  expect([done, channels.size]).toEqual([["open 7 t0ken true /project", "close"], 0]);
});

test("a rule about a channel that is not there is refused before anything opens", () => {
  const alerts = alertConfigSchema.parse({ rules: [{ channels: ["phone"] }] });
  expect(() => alertParts(alerts, { folder: ".", env: {} }, builtIn)).toThrow("CHANNEL_INVALID");
});
