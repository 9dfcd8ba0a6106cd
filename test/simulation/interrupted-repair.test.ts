import { afterAll, expect, test } from "vitest";
import { dataLife, type Holdings } from "./data-life.ts";
import { onFaultyDisk, type Fault } from "./faulty-disk.ts";
import type { Loss } from "./unsynced-disk.ts";

// Commands that die or fail at every operation on the disk. Afterwards what the venue had is held, or the check tells
// that it is missing, and the same command typed again ends where it would have ended.

const life = await dataLife();
afterAll(async () => life.close());

const base = life.folder("base");
await life.download(base, 0, 4);
await life.download(base, 4, 8);
const whole = (await life.holdings(base))!;
const damaged = life.copy(base, "damaged");
life.spoil(damaged, 0);

/** What is held and differs from the whole, and what of the whole is neither held nor told. */
async function faultsIn(folder: string, held: Holdings): Promise<readonly string[]> {
  const { code, out } = await life.check(folder);
  const isTold = code !== 0;
  if (held === null) return isTold ? [] : [`cannot be read, and the check says: ${out}`];
  const invented = [...held].filter(([closeMs, text]) => whole.get(closeMs) !== text);
  const lost = [...whole.keys()].filter((closeMs) => !held.has(closeMs));
  return [
    ...invented.slice(0, 1).map(([closeMs, text]) => `invented ${closeMs}: ${text}`),
    ...(isTold
      ? []
      : lost.slice(0, 1).map((closeMs) => `lost ${closeMs} of ${lost.length}, and the check says PASS`)),
  ];
}

type Command = {
  readonly name: string;
  readonly from: string;
  readonly run: (folder: string) => Promise<unknown>;
  /** Every so many operations are tried; all of them with KIWI_PROVE=1. */
  readonly stride: number;
};
const isProof = process.env["KIWI_PROVE"] === "1";
const commands: readonly Command[] = [
  // Of its 55 operations these are of every kind: folders and files made, written, synced, renamed and removed.
  { name: "repair of a damaged file", from: damaged, run: life.repair, stride: 5 },
  {
    name: "download",
    from: life.folder("empty"),
    run: async (folder) => {
      await life.download(folder, 0, 4);
      return life.download(folder, 4, 8);
    },
    stride: 11,
  },
  { name: "compact", from: base, run: life.compact, stride: 3 },
];

async function operationsOf({ from, run, name }: Command): Promise<readonly string[]> {
  const folder = life.copy(from, "counted");
  const { use, outcome } = await onFaultyDisk(folder, null, async () => run(folder));
  expect(outcome).not.toHaveProperty("error");
  expect(use.operations.length, name).toBeGreaterThan(8);
  return use.operations;
}

async function faultsAt(command: Command, fault: Fault): Promise<readonly string[]> {
  const folder = life.copy(command.from, "faulty");
  const { use } = await onFaultyDisk(folder, fault, async () => command.run(folder));
  if (!use.isMet) return [];
  const where = use.operations[fault.at - 1]!;
  // A download that was cut off has not promised anything yet.
  const found = command.name === "download" ? [] : await faultsIn(folder, await life.holdings(folder));
  // The program that comes next knows only what is on the disk.
  await command.run(folder);
  const after = await faultsIn(folder, await life.holdings(folder));
  const missing =
    (await life.check(folder)).code === 0 ? [] : ["the check still tells something after it ran again"];
  return [...found, ...after, ...missing].map((text) => `${fault.kind} at ${fault.at} (${where}): ${text}`);
}

/** An operation at which faults are tried: which one of the command, which one of those that are tried, and what it does. */
type Tried = { readonly at: number; readonly index: number; readonly operation: string };

async function faultsOf(
  command: Command,
  faults: (tried: Tried) => readonly Fault[],
): Promise<readonly string[]> {
  const operations = await operationsOf(command);
  const found: string[] = [];
  for (let [at, index] = [1, 0]; at <= operations.length; at += isProof ? 1 : command.stride, index++)
    for (const fault of faults({ at, index, operation: operations[at - 1]! }))
      found.push(...(await faultsAt(command, fault)));
  return found;
}

test.each(commands)(
  "$name killed at every operation loses nothing untold",
  async (command) => {
    const faults = ({ at, operation }: Tried): readonly Fault[] => [
      { kind: "kill", at },
      ...(isProof || operation.startsWith("write ") ? [{ kind: "torn", at } as const] : []),
    ];
    expect(await faultsOf(command, faults)).toEqual([]);
  },
  600_000,
);

test.each(commands)(
  "$name loses nothing untold when the power fails",
  async (command) => {
    const losses = (index: number): readonly Loss[] =>
      isProof ? ["bytes", "names", "both"] : index % 4 === 2 ? ["both"] : [];
    const faults = ({ at, index }: Tried): readonly Fault[] =>
      losses(index).map((loss) => ({ kind: "power", at, loss }));
    expect(await faultsOf(command, faults)).toEqual([]);
  },
  600_000,
);

test.each(commands)(
  "$name on a disk that fails at any operation loses nothing untold",
  async (command) => {
    const faults = ({ at }: Tried): readonly Fault[] => [
      at % 2 === 0 && !isProof
        ? { kind: "fail", at, code: "EIO", isSticky: false }
        : { kind: "fail", at, code: "ENOSPC", isSticky: true },
      ...(isProof ? [{ kind: "fail", at, code: "EIO", isSticky: false } as const] : []),
    ];
    expect(await faultsOf(command, faults)).toEqual([]);
  },
  600_000,
);
