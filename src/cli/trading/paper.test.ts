import { expect, test } from "vitest";
import type { Incident } from "../../robot/robot-types.ts";
import type { SessionNote } from "../../app/trading/session-folder.ts";
import type { Shell } from "../shell.ts";
import { tradeUntilStopped } from "./paper.ts";

test("the terminal in which a robot runs tells its alarms as they come, and none twice", async () => {
  const told: string[] = [];
  const shell = { env: {}, err: (line: string) => void told.push(line) } as unknown as Shell;
  const atMs = Date.UTC(2026, 0, 5, 11, 16);
  const alarm: Incident = { kind: "unprotected", gravity: "alarm", symbol: null, atMs, message: "it threw" };
  const alone = { id: "abc", part: null } as unknown as SessionNote;
  const one = { id: "def", part: { name: "trend", share: 0.5 } } as unknown as SessionNote;
  await tradeUntilStopped(shell, "PAPER", undefined, async ({ onIncident }) => {
    onIncident!(alone, alarm);
    onIncident!(alone, { ...alarm, times: 2, sinceMs: atMs });
    onIncident!(alone, { ...alarm, gravity: "notice" });
    onIncident!(one, alarm);
    return { kind: "feed ended" };
  });
  expect(told).toEqual(["11:16:00  ALARM it threw", "11:16:00  session def   ALARM it threw"]);
});
