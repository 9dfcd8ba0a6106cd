import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { dataLife } from "./data-life.ts";
import { onFaultyDisk } from "./faulty-disk.ts";

// The life of a data folder: random commands by seed, on a disk that dies at a random operation, with a venue that goes
// and comes back, files that are damaged and older backups that are put back. What a command has said to hold is held as
// it was, or told to be missing; and when everything works again, all of it comes back.

const life = await dataLife();
afterAll(async () => life.close());

const step = fc.record({
  what: fc.constantFrom("download", "download", "repair", "compact", "spoil", "backup", "restore", "venue"),
  from: fc.nat({ max: 5 }),
  choice: fc.nat({ max: 9 }),
  /** The operation at which the program dies; beyond its last one it lives. */
  diesAt: fc.nat({ max: 120 }),
});

test("whatever happens to a data folder, what it held is held or told, and comes back", async () => {
  let [deaths, losses] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 9 }), async (steps) => {
      const folder = life.folder(`life-${fc.hash(JSON.stringify(steps))}`);
      const promised = new Map<number, string>();
      let backup: string | null = null;
      let isUp = true;
      life.isUp(true);
      await life.download(folder, 0, 2);
      for (const [closeMs, text] of (await life.holdings(folder))!) promised.set(closeMs, text);
      for (const { what, from, choice, diesAt } of steps) {
        if (what === "venue") life.isUp((isUp = !isUp));
        else if (what === "spoil") life.spoil(folder, choice);
        else if (what === "backup") backup = life.copy(folder, "backup");
        else if (what === "restore" && backup !== null) life.restoreBars(backup, folder);
        else {
          const run = async (): Promise<unknown> => {
            if (what === "repair") return life.repair(folder);
            return what === "compact"
              ? life.compact(folder)
              : life.download(folder, from, from + 1 + (choice % 3));
          };
          const { use } = await onFaultyDisk(folder, { kind: "kill", at: diesAt + 1 }, run);
          if (use.isMet) deaths += 1;
        }
        const held = await life.holdings(folder);
        const { code } = await life.check(folder);
        const gone = [...promised].filter(([closeMs, text]) => held?.get(closeMs) !== text);
        if (gone.length > 0) losses += 1;
        expect([gone.length > 0 && code === 0, what, diesAt]).toEqual([false, what, diesAt]);
        for (const [closeMs, text] of held ?? []) promised.set(closeMs, text);
      }
      life.isUp(true);
      expect((await life.repair(folder)).code).toBe(0);
      expect((await life.check(folder)).code).toBe(0);
      expect([...promised].filter(([closeMs]) => closeMs > 0)).toEqual(
        [...(await life.holdings(folder))!].filter(([closeMs]) => promised.has(closeMs)),
      );
    }),
    { seed: 20260306, numRuns: process.env["KIWI_PROVE"] === "1" ? 300 : 8, endOnFailure: true },
  );
  // The simulation does break things.
  expect([deaths > 5, losses > 3]).toEqual([true, true]);
}, 600_000);
