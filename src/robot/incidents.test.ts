import { expect, test } from "vitest";
import { ManualClock } from "../../test/fakes/manual-clock.ts";
import { Incidents } from "./incidents.ts";
import type { Incident } from "./robot-types.ts";

const unresolved = {
  kind: "order unresolved",
  gravity: "alarm",
  symbol: "A",
  message: "o1: no answer",
} as const;
const late = { kind: "external fill", gravity: "notice", symbol: "A", message: "a fill" } as const;

test("what is told again each minute is heard each time, and stands in the list once: how often, since when, and as the newest", () => {
  const clock = new ManualClock(0);
  const heard: Incident[] = [];
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const incidents = new Incidents({ clock, log, onIncident: (incident) => void heard.push(incident) });
  for (let minute = 0; minute < 5; minute++) {
    if (minute > 0) clock.pass(60_000);
    incidents.say(unresolved);
    incidents.say(unresolved);
    if (minute === 2) incidents.say(late);
  }
  expect(heard.map(({ kind }) => kind)).toHaveLength(6);
  expect(incidents.list).toEqual([
    { ...late, atMs: 120_000 },
    { ...unresolved, atMs: 240_000, times: 5, sinceMs: 0 },
  ]);
});
