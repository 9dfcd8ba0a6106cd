import { cp, mkdir, readFile, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { withFolder } from "../../../../test/bar-store-contract.ts";
import { startWriter } from "../../../../test/bar-store-crashes.ts";
import { hourlyBars } from "../../../../test/bar-store-model.ts";
import { plannedAppend } from "../../../../test/bar-store-plan.ts";
import { canMakeDisk, withSmallDisk } from "../../../../test/small-disk.ts";
import { barFields } from "../../../domain/bars.ts";
import type { KiwiError } from "../../../base/errors.ts";
import { canonicalJson, sha256 } from "../../../base/hash.ts";
import { Prng } from "../../../base/prng.ts";
import type { DamagedSeries } from "../../../ports/bar-store.ts";
import { ParquetBarStore } from "./parquet-bar-store.ts";

const [junk, left, half] = [1, 2, 3].map(
  (digit) => `${digit}1111111-1111-1111-1111-111111111111.parquet`,
) as [string, string, string];
const everything = [-Infinity, Infinity] as const;
const provenance = { source: "csv", receivedAtMs: 1_000 };
const day = (from: number): number[] => Array.from({ length: 24 }, (_, hour) => from + hour);

/** Runs `use` with a store of two files, hours 0 to 23 and 24 to 47. */
async function withTwoFiles(use: (store: ParquetBarStore, folder: string, files: string[]) => Promise<void>) {
  await withFolder(async (root) => {
    const store = new ParquetBarStore(root, { lockWaitMs: 50 });
    for (const from of [0, 24]) await store.append("TEST", "1h", hourlyBars(day(from)), provenance);
    const folder = join(root, "TEST", "1h");
    const { files } = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")) as {
      files: { name: string }[];
    };
    await use(
      store,
      folder,
      files.map(({ name }) => join(folder, name)),
    );
    await store.close();
  });
}

async function partsOf(work: Promise<unknown>): Promise<KiwiError["parts"]> {
  const error = await work.then(
    () => null,
    (cause: unknown) => cause as KiwiError,
  );
  return error!.parts;
}

async function flipBit(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[bytes.length >> 1]! ^= 4;
  await writeFile(path, bytes);
}

test("a flipped bit is noticed, named with the range it hits, and never read as a price", async () => {
  await withTwoFiles(async (store, _folder, files) => {
    await flipBit(files[0]!);
    const parts = await partsOf(store.read("TEST", "1h", ...everything));
    expect(parts.code).toBe("STORE_DAMAGED");
    expect(parts.message).toBe(
      `${files[0]} is damaged: its bytes contradict its checksum; it held 24 bars from 2024-01-01 to 2024-01-01T23:00:00Z`,
    );
    expect(parts.why).toBe("1 of 2 files with 24 bars are whole and stay readable outside that range");
    expect(parts.fix).toMatch(/^kiwi data repair TEST -t 1h/);
    // The other file is not touched by it.
    expect((await store.read("TEST", "1h", Date.UTC(2024, 0, 2), Infinity)).length).toBe(24);
    // Nor may merging turn the damage into a file with a sound checksum.
    expect((await partsOf(store.compact("TEST", "1h"))).code).toBe("STORE_DAMAGED");
  });
});

test("a repair sets damaged files aside, goes on with the rest, and the lost range can be stored again", async () => {
  await withTwoFiles(async (store, folder, files) => {
    await flipBit(files[0]!);
    const repair = await store.repair("TEST", "1h");
    expect(repair).toMatchObject({ bars: 24, isVerified: true, lost: [{ fromMs: Date.UTC(2024, 0, 1) }] });
    expect(await readdir(join(folder, "damaged"))).toHaveLength(1);
    expect((await store.read("TEST", "1h", ...everything)).length).toBe(24);
    expect(await store.append("TEST", "1h", hourlyBars(day(0)), provenance)).toMatchObject({ added: 24 });
    expect((await store.read("TEST", "1h", ...everything)).close).toEqual(
      hourlyBars([...day(0), ...day(24)]).close,
    );
    expect(await store.repair("TEST", "1h")).toEqual({ bars: 48, lost: [], isVerified: true });
  });
});

test("a missing file is an error and not fewer bars", async () => {
  await withTwoFiles(async (store, _folder, files) => {
    await rm(files[1]!);
    expect((await partsOf(store.read("TEST", "1h", ...everything))).message).toContain("it is missing");
    expect(await store.repair("TEST", "1h")).toMatchObject({ bars: 24, lost: [{ why: "it is missing" }] });
  });
});

test("without its manifest a folder is found again from its files, versions and all", async () => {
  await withTwoFiles(async (store, folder, files) => {
    await store.append("TEST", "1h", hourlyBars(day(20), 1), {
      source: "b",
      receivedAtMs: 2_000,
      mayJoin: "any",
    });
    const before = await store.list();
    const bars = await store.read("TEST", "1h", ...everything);
    await writeFile(join(folder, "manifest.json"), '{"format": 1, "files": [');
    expect((await partsOf(store.list())).code).toBe("STORE_DAMAGED");
    expect((await partsOf(store.append("TEST", "1h", hourlyBars([99]), provenance))).code).toBe(
      "STORE_DAMAGED",
    );
    await writeFile(join(folder, junk), "no bars");
    const repair = await store.repair("TEST", "1h");
    expect(repair).toMatchObject({
      bars: 48,
      isVerified: false,
      lost: [{ name: junk, fromMs: null }],
    });
    expect(await store.list()).toEqual(before);
    expect(await store.read("TEST", "1h", ...everything)).toEqual(bars);
    expect((await readdir(folder)).filter((name) => files.some((file) => file.endsWith(name)))).toEqual([]);
  });
});

test("a manifest that was deleted does not make its bars a leftover", async () => {
  await withTwoFiles(async (store, folder) => {
    await rm(join(folder, "manifest.json"));
    expect(await partsOf(store.read("TEST", "1h", ...everything))).toMatchObject({ code: "STORE_DAMAGED" });
    expect((await partsOf(store.append("TEST", "1h", hourlyBars([99]), provenance))).code).toBe(
      "STORE_DAMAGED",
    );
    expect(await store.repair("TEST", "1h")).toEqual({ bars: 48, lost: [], isVerified: false });
    expect((await store.read("TEST", "1h", ...everything)).length).toBe(48);
  });
});

test("a writer that was killed before its first bars were safe leaves an empty symbol", async () => {
  await withTwoFiles(async (store, folder) => {
    const path = join(folder, "manifest.json");
    const { sha256: _, ...manifest } = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    const first = { ...manifest, generation: 1, bars: 0, files: [] };
    await writeFile(path, JSON.stringify({ ...first, sha256: sha256(canonicalJson(first)) }));
    expect(await store.list()).toEqual([]);
    expect((await store.read("TEST", "1h", ...everything)).length).toBe(0);
    expect(await store.append("TEST", "1h", hourlyBars(day(0)), provenance)).toMatchObject({ added: 24 });
    expect((await readdir(folder)).filter((name) => name.endsWith(".parquet"))).toHaveLength(1);
  });
});

test("a manifest with a changed digit contradicts its checksum", async () => {
  await withTwoFiles(async (store, folder) => {
    const path = join(folder, "manifest.json");
    await writeFile(path, (await readFile(path, "utf8")).replace('"bars": 48', '"bars": 49'));
    expect(await partsOf(store.lastCloseMs("TEST", "1h"))).toMatchObject({ code: "STORE_DAMAGED" });
  });
});

test("a damaged symbol is told and does not hide the others; nobody listening, it is an error", async () => {
  await withTwoFiles(async (store, folder) => {
    await store.append("OTHER", "1h", hourlyBars(day(0)), provenance);
    await writeFile(join(folder, "manifest.json"), "garbage");
    const damaged: DamagedSeries[] = [];
    expect(await store.list((one) => damaged.push(one))).toMatchObject([{ symbol: "OTHER", bars: 24 }]);
    expect(damaged).toMatchObject([
      { symbol: "TEST", timeframe: "1h", error: { parts: { code: "STORE_DAMAGED" } } },
    ]);
    expect(await partsOf(store.list())).toMatchObject({ code: "STORE_DAMAGED" });
  });
});

test("a folder of a newer format is refused whatever is asked of it, and stays as it is", async () => {
  await withTwoFiles(async (store, folder) => {
    const path = join(folder, "manifest.json");
    const { sha256: _, ...manifest } = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    const newer = { ...manifest, format: 2, more: true };
    const text = JSON.stringify({ ...newer, sha256: sha256(canonicalJson(newer)) });
    await writeFile(path, text);
    const attempts = [
      async () => store.read("TEST", "1h", ...everything),
      async () => store.append("TEST", "1h", hourlyBars([99]), provenance),
      async () => store.compact("TEST", "1h"),
      async () => store.repair("TEST", "1h"),
      async () => store.lastCloseMs("TEST", "1h"),
      async () => store.list(),
    ];
    for (const attempt of attempts) expect((await partsOf(attempt())).code).toBe("STORE_NEWER");
    expect(await readFile(path, "utf8")).toBe(text);
  });
});

test("what a killed writer left behind is not read, and the next writer removes it", async () => {
  await withTwoFiles(async (store, folder, files) => {
    await writeFile(join(folder, left), await readFile(files[0]!));
    await writeFile(join(folder, half), "PAR1");
    await writeFile(join(folder, "manifest.json.partial"), '{"format":');
    expect((await store.read("TEST", "1h", ...everything)).length).toBe(48);
    await store.append("TEST", "1h", hourlyBars([48]), provenance);
    const names = (await readdir(folder)).filter((name) => !name.startsWith("writer.lock"));
    expect(names).toHaveLength(4);
    expect(names).not.toContain(left);
  });
});

test("while another process writes, a writer waits and then says who holds the lock; a reader need not wait", async () => {
  await withTwoFiles(async (store, folder) => {
    const lock = join(folder, "writer.lock");
    await writeFile(`${lock}.holder`, JSON.stringify({ pid: 4711, host: "elsewhere", sinceMs: 0 }));
    const other = new Database(lock);
    other.exec("BEGIN EXCLUSIVE");
    const parts = await partsOf(store.append("TEST", "1h", hourlyBars([48]), provenance));
    expect(parts.code).toBe("STORE_LOCKED");
    expect(parts.message).toMatch(/1h is being written by process 4711 on elsewhere/);
    expect((await store.read("TEST", "1h", ...everything)).length).toBe(48);
    other.close();
    expect(await store.append("TEST", "1h", hourlyBars([48]), provenance)).toMatchObject({ added: 1 });
  });
});

test("a writer that was overtaken on a disk without locks gives up before it changes anything", async () => {
  await withTwoFiles(async (store, folder) => {
    const path = join(folder, "manifest.json");
    const { sha256: _, ...manifest } = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    // The bars are many enough that their file takes longer to write than the other writer's manifest.
    const many = hourlyBars(Array.from({ length: 200_000 }, (__, hour) => 48 + hour));
    const attempt = partsOf(store.append("TEST", "1h", many, provenance));
    const names = async (): Promise<number> =>
      (await readdir(folder)).filter((name) => name.endsWith(".parquet")).length;
    while ((await names()) < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    const next = { ...manifest, generation: Number(manifest["generation"]) + 1 };
    await writeFile(path, JSON.stringify({ ...next, sha256: sha256(canonicalJson(next)) }));
    expect(await attempt).toMatchObject({ code: "STORE_LOCKED" });
    expect((await store.read("TEST", "1h", ...everything)).length).toBe(48);
  });
});

test("two processes that write one symbol at once take turns, and every bar is there once", async () => {
  await withFolder(async (folder) => {
    // Two different plans over the same hours; what differs becomes versions, in whatever order they came.
    const writers = [1, 2].map((seed) => startWriter("parquet", folder, seed, 0, 15));
    for (const writer of writers) expect(await writer.ended).toBe("");
    const store = new ParquetBarStore(folder);
    const { closeTimeMs, length } = await store.read("TEST", "1h", ...everything);
    const [held] = await store.list();
    expect(held).toMatchObject({ symbol: "TEST", timeframe: "1h", bars: length });
    const planned = new Set<number>();
    for (const seed of [1, 2])
      for (let place = 0; place < 15; place++)
        for (const closeMs of plannedAppend(seed, place).bars.closeTimeMs) planned.add(closeMs);
    expect([...planned].sort((a, b) => a - b)).toEqual([...closeTimeMs]);
    await store.close();
  });
});

test("a store below a folder whose name looks like a pattern reads its own files only", async () => {
  await withTwoFiles(async (_store, folder, files) => {
    const root = join(folder, "../..");
    const before = hourlyBars([...day(0), ...day(24)]).close;
    for (const name of ["[b]ars", "b*s", "b?rs", "o'bars", "bars"])
      await cp(join(root, "TEST"), join(root, "copies", name, "TEST"), { recursive: true });
    // All the others are spoilt; only a reader that follows the pattern would notice.
    for (const name of ["bars", "bxxs"])
      for (const file of files) {
        const spoilt = join(root, "copies", name, "TEST", "1h", basename(file));
        await mkdir(dirname(spoilt), { recursive: true });
        await writeFile(spoilt, "spoilt");
      }
    for (const name of ["[b]ars", "b*s", "b?rs", "o'bars"]) {
      const store = new ParquetBarStore(join(root, "copies", name));
      expect((await store.read("TEST", "1h", ...everything)).close).toEqual(before);
      await store.close();
    }
  });
});

test("a symbol's folder may be a link to another disk", async () => {
  await withTwoFiles(async (store, folder) => {
    const [symbol, other] = [
      dirname(folder),
      join(folder, "..", "..", "..", `${basename(dirname(folder))}-moved`),
    ];
    await rename(symbol, other);
    await symlink(other, symbol);
    await writeFile(join(other, "note.txt"), "");
    await symlink(join(other, "note.txt"), join(dirname(symbol), "NOTE"));
    expect(await store.list()).toMatchObject([{ symbol: "TEST", bars: 48 }]);
    expect(await store.append("TEST", "1h", hourlyBars([48]), provenance)).toMatchObject({ added: 1 });
    await rm(other, { recursive: true });
  });
});

test("what stands in the place of a lock file is named, with what to do", async () => {
  await withTwoFiles(async (store, folder) => {
    await writeFile(
      join(folder, "writer.lock"),
      "not a database, and long enough to be read as one ".repeat(30),
    );
    const parts = await partsOf(store.append("TEST", "1h", hourlyBars([48]), provenance));
    expect(parts).toMatchObject({ code: "LOCK_DAMAGED", fix: expect.stringContaining("rm ") as string });
    expect((await store.read("TEST", "1h", ...everything)).length).toBe(48);
    await rm(join(folder, "writer.lock"));
    expect(await store.append("TEST", "1h", hourlyBars([48]), provenance)).toMatchObject({ added: 1 });
  });
});

test("a list of files that is nested without end is damaged and nothing worse", async () => {
  await withTwoFiles(async (store, folder) => {
    const deep = `{"format":1,"files":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    await writeFile(join(folder, "manifest.json"), deep);
    expect((await partsOf(store.read("TEST", "1h", ...everything))).code).toBe("STORE_DAMAGED");
  });
});

test("a file where the folder should be is said to be in the way", async () => {
  await withFolder(async (root) => {
    const path = join(root, "bars");
    await writeFile(path, "");
    const store = new ParquetBarStore(path);
    expect(await partsOf(store.append("TEST", "1h", hourlyBars([1]), provenance))).toMatchObject({
      code: "STORE_NOT_WRITABLE",
      why: "a file stands where a folder is needed, or the other way round",
    });
    expect((await partsOf(store.read("TEST", "1h", ...everything))).code).toBe("STORE_NOT_READABLE");
    await store.close();
  });
});

test.skipIf(!canMakeDisk)(
  "on a full disk what was stored stays, and the same append works once there is room",
  async () => {
    await withSmallDisk(192, async (folder) => {
      const store = new ParquetBarStore(folder);
      await store.append("TEST", "1h", hourlyBars(day(0)), provenance);
      await writeFile(join(folder, "ballast"), new Uint8Array(128 * 1024));
      const prng = new Prng(1);
      const more = hourlyBars(Array.from({ length: 20_000 }, (_, hour) => 24 + hour));
      for (const field of barFields) more[field].forEach((_, row) => (more[field][row] = prng.next()));
      const parts = await partsOf(store.append("TEST", "1h", more, provenance));
      expect(parts).toMatchObject({ code: "DISK_FULL" });
      expect(parts.why).toMatch(/^everything stored before is still there/);
      expect((await store.read("TEST", "1h", ...everything)).length).toBe(24);
      expect(
        (await readdir(join(folder, "TEST", "1h"))).filter((name) => name.endsWith(".parquet")),
      ).toHaveLength(1);
      await rm(join(folder, "ballast"));
      const some = hourlyBars(day(24));
      expect(await store.append("TEST", "1h", some, provenance)).toMatchObject({ added: 24 });
      await store.close();
    });
  },
);
