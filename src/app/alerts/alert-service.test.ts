import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { hourMs, minuteMs } from "../../base/time.ts";
import type { AlertChannel, AlertMessage } from "../../ports/alert-channel.ts";
import { alertConfigSchema } from "../config/alert-config.ts";
import { AlertFiles } from "./alert-files.ts";
import { AlertService } from "./alert-service.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-alert-service-"));
afterAll(() => rmSync(folder, { recursive: true }));

const clock = new ManualClock(Date.UTC(2026, 0, 1));
const heard: string[] = [];
let why: string | null = null;
const mail: AlertChannel = {
  async send({ title }: AlertMessage) {
    if (why !== null) throw new Error(why);
    heard.push(`mail: ${title}`);
  },
};
const desk: AlertChannel = { send: async ({ title }) => void heard.push(`desk: ${title}`) };
const open = () =>
  new AlertService({
    // Nobody but mail is told of anything: that mail is silent is told to the desk all the same.
    config: alertConfigSchema.parse({ channels: { mail: {}, desk: {} }, rules: [{ channels: ["mail"] }] }),
    channels: new Map([
      ["mail", mail],
      ["desk", desk],
    ]),
    files: new AlertFiles(folder),
    clock,
    sender: "test",
    onFailure() {},
  });
const raise = (service: AlertService, about: string) =>
  service.raise({
    kind: "stale feed",
    about,
    severity: "warning",
    title: about,
    text: "",
    atMs: clock.nowMs(),
  });
/** Lets time pass in steps, and what is underway come to its end after each. */
async function pass(service: AlertService, steps: number, stepMs = 15 * minuteMs): Promise<void> {
  for (let step = 0; step < steps; step++) {
    await clock.advance(stepMs);
    service.tick();
    await service.idle();
  }
}

test("a channel that is silent is told over another once, and gets what it missed when it is back, also after a restart", async () => {
  const first = open();
  raise(first, "before");
  await first.idle();
  why = "certificate has expired";
  raise(first, "one");
  await clock.advance(10_000);
  await first.idle();
  expect(heard.splice(0)).toEqual(["mail: before", "desk: mail delivers nothing"]);
  expect(first.troubleOf("mail")).toMatchObject({
    condition: "degraded",
    detail: expect.stringMatching(/certificate has expired \(2 wait\)/),
    fix: "kiwi alerts test mail",
  });
  for (const about of ["two", "three"]) {
    raise(first, about);
    await pass(first, 4);
  }
  expect(heard).toEqual([]);
  await first.close();
  const second = open();
  await pass(second, 2);
  expect(heard).toEqual([]);
  expect(second.troubleOf("desk")).toBeNull();
  why = null;
  await pass(second, 2);
  expect(heard.splice(0).sort()).toEqual(
    ["mail delivers nothing", "one", "three", "two"].map((title) => `mail: ${title}`),
  );
  expect(second.troubleOf("mail")).toBeNull();
  expect(new AlertFiles(folder).read()).toMatchObject({ waiting: [], failures: [{ channel: "mail" }] });
  await second.close();
});

test("what nobody could be told for a day is given up, and a message that is refused for itself blocks no other", async () => {
  const refused: AlertChannel = {
    async send({ title }) {
      if (title === "odd" || why !== null) throw new Error("no such word");
      heard.push(title);
    },
  };
  const failures: string[] = [];
  const service = new AlertService({
    config: alertConfigSchema.parse({ channels: { mail: {} } }),
    channels: new Map([["mail", refused]]),
    files: new AlertFiles(join(folder, "odd")),
    clock,
    sender: "test",
    onFailure: (failure) => failures.push(failure.why),
  });
  raise(service, "odd");
  await clock.advance(10_000);
  raise(service, "even");
  await pass(service, 3);
  expect(heard.splice(0).sort()).toEqual(["even", "mail delivers nothing"]);
  await pass(service, 2, 25 * hourMs);
  expect(failures.at(-1)).toBe('"odd" was given up: nobody took it for a day');
  expect(service.troubleOf("mail")).toBeNull();
  await service.close();
});

test("a clock that is set back by hours does not keep a channel waiting until it has come round", async () => {
  let behindMs = 0;
  const setBack = { nowMs: () => clock.nowMs() - behindMs, schedule: clock.schedule.bind(clock) };
  let isDown = true;
  const service = new AlertService({
    config: alertConfigSchema.parse({ channels: { mail: {} } }),
    channels: new Map([
      ["mail", { send: async () => (isDown ? Promise.reject(new Error("away")) : undefined) }],
    ]),
    files: new AlertFiles(join(folder, "set-back")),
    clock: setBack,
    sender: "test",
    onFailure() {},
  });
  raise(service, "one");
  await clock.advance(10_000);
  await service.idle();
  expect(service.troubleOf("mail")).not.toBeNull();
  behindMs = 5 * hourMs;
  isDown = false;
  await pass(service, 2, minuteMs);
  expect(service.troubleOf("mail")).toBeNull();
  await service.close();
});
