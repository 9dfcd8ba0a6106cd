import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { Prng } from "../src/base/prng.ts";
import { BarStoreModel, modelRows } from "./bar-store-model.ts";
import { openSmallStore, plannedAppend, type StoreKind } from "./bar-store-plan.ts";

const everything = [-Infinity, Infinity] as const;

/** As many deaths as a proof wants (`npm run prove disk`), or two of five of them, which the tests have time for. */
export const killsOf = (full: number): number =>
  process.env["KIWI_PROVE"] === "1" ? full : Math.ceil(full * 0.4);

/** Starts a process that writes a plan, and tells when it ended. */
export function startWriter(kind: StoreKind, folder: string, seed: number, from: number, to: number) {
  const script = join(import.meta.dirname, "bar-store-writer.ts");
  const child = spawn(process.execPath, [script, kind, folder, `${seed}`, `${from}`, `${to}`]);
  let output = "";
  let errors = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  const ended = new Promise<string>((resolve) => child.once("close", () => resolve(errors)));
  return {
    child,
    ended,
    steps: () =>
      output
        .split("\n")
        .filter((line) => line !== "")
        .map(Number),
  };
}

/**
 * Kills a writer `kills` times at random moments and lets the next one go on in the same folder. After every death the
 * store holds what was acknowledged, and nothing else but, perhaps, the one step that was under way. Returns how many
 * of them had been under way and done.
 */
export async function killAgainAndAgain(
  kind: StoreKind,
  folder: string,
  seed: number,
  kills: number,
): Promise<number> {
  const prng = new Prng(seed);
  const model = new BarStoreModel();
  const store = openSmallStore(kind, folder);
  let place = 0;
  let unspoken = 0;
  for (let kill = 0; kill < kills; kill++) {
    const writer = startWriter(kind, folder, seed, place, Infinity);
    await firstWord(writer.child);
    await sleep(prng.next() * 60);
    writer.child.kill("SIGKILL");
    expect(await writer.ended).toBe("");
    for (const step of writer.steps()) {
      expect(step).toBe(place++);
      apply(model, seed, step);
    }
    const rows = modelRows(await store.read("TEST", "1h", ...everything));
    if (rows.length !== model.read(...everything).length || rows.some((row) => row.receivedAtMs === place)) {
      apply(model, seed, place++);
      unspoken += 1;
    }
    expect(rows).toEqual(model.read(...everything));
    const asOfMs = prng.integer(place);
    expect(modelRows(await store.read("TEST", "1h", ...everything, { asOfMs }))).toEqual(
      model.read(...everything, asOfMs),
    );
  }
  await store.compact("TEST", "1h");
  expect(await store.list()).toMatchObject([{ bars: model.closes().length, versions: model.versions }]);
  await store.close();
  return unspoken;
}

function apply(model: BarStoreModel, seed: number, place: number): void {
  const { bars, provenance } = plannedAppend(seed, place);
  model.append(bars, provenance);
}

async function firstWord(child: ChildProcess): Promise<void> {
  await new Promise((resolve) => {
    child.stdout!.once("data", resolve);
    child.once("close", resolve);
  });
}
