import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { modelArtifact, modelDraft } from "../../../../test/model-artifact.ts";
import { temporaryFolder } from "../../../../test/run-kiwi.ts";
import { KiwiError } from "../../../base/errors.ts";
import { ModelStore } from "./model-store.ts";
import { modelOfText, textOfModel } from "./model-text.ts";

const name = "regime-SPY-1d";
const createdMs = Date.UTC(2024, 0, 1);
const { path: base, remove } = temporaryFolder();
afterEach(remove);

let count = 0;
function emptyStore(): ModelStore {
  mkdirSync(base, { recursive: true });
  return new ModelStore(join(base, `${(count += 1)}`));
}

async function errorOf(work: Promise<unknown>): Promise<KiwiError["parts"]> {
  const error: unknown = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(KiwiError);
  return (error as KiwiError).parts;
}

function fileOf(store: ModelStore, version: number): string {
  return join(store.root, name, `${version}.json`);
}

/** A store with so many versions, each put to use after the one before. */
async function storeOf(versions: number): Promise<ModelStore> {
  const store = emptyStore();
  for (let seed = 1; seed <= versions; seed++)
    await store.save(modelDraft({ seed }), createdMs, seed === 1 ? null : seed - 1);
  return store;
}

test("a model comes back as it was saved, with a version and with the numbers that JSON has no word for", async () => {
  const store = emptyStore();
  expect(await store.save(modelDraft(), createdMs, null)).toEqual({
    version: 1,
    isNew: true,
    isPromoted: true,
  });
  const model = await store.read(name);
  expect(model.artifact).toEqual(modelArtifact({ version: 1 }));
  expect([model.createdMs, model.judgement]).toEqual([createdMs, null]);
  expect(await store.names()).toEqual([name]);
});

test("versions are counted, and one that does not replace the version in use is a candidate", async () => {
  const store = await storeOf(2);
  expect(await store.save(modelDraft({ seed: 3 }), createdMs)).toMatchObject({
    version: 3,
    isPromoted: false,
  });
  expect((await store.read(name)).artifact.version).toBe(2);
  expect((await store.read(name, 3)).artifact.seed).toBe(3);
  expect((await store.list(name)).map(({ version }) => version)).toEqual([1, 2, 3]);
});

test("a model that was compared with a version no longer in use is not promoted", async () => {
  const store = await storeOf(2);
  expect(await store.save(modelDraft({ seed: 3 }), createdMs, 1)).toMatchObject({ isPromoted: false });
  expect((await store.read(name)).artifact.version).toBe(2);
});

test("the same model is not kept twice, and what was rolled back is not promoted behind anybody's back", async () => {
  const store = await storeOf(2);
  await store.rollback(name);
  expect(await store.save(modelDraft({ seed: 2 }), createdMs + 1, 1)).toEqual({
    version: 2,
    isNew: false,
    isPromoted: false,
  });
  expect((await store.read(name)).artifact.version).toBe(1);
});

test("promote and rollback go there and back", async () => {
  const store = await storeOf(3);
  expect(await store.rollback(name)).toEqual({ from: 3, to: 2 });
  expect(await store.rollback(name)).toEqual({ from: 2, to: 1 });
  const { code, fix } = await errorOf(store.rollback(name));
  expect([code, fix]).toEqual(["MODEL_NO_EARLIER", expect.stringContaining(`kiwi model promote ${name}`)]);
  expect(await store.promote(name, 3)).toBe(1);
  expect(await store.promote(name, 3)).toBe(3);
  expect(await store.promotions(name)).toEqual([3, 1]);
});

test("what is served is what was promoted: a whole model put in its place is refused until somebody promotes it", async () => {
  const store = await storeOf(1);
  const other = textOfModel(modelDraft({ seed: 99, version: 1 }), createdMs);
  writeFileSync(fileOf(store, 1), other);
  const { code, message } = await errorOf(store.read(name));
  expect([code, message]).toEqual([
    "MODEL_DAMAGED",
    expect.stringContaining("not the model that was promoted"),
  ]);
  expect((await store.read(name, 1)).artifact.seed).toBe(99);
  await store.promote(name, 1);
  expect((await store.read(name)).artifact.seed).toBe(99);
});

test("a list of versions from before checksums were kept is read as it is", async () => {
  const store = await storeOf(2);
  writeFileSync(join(store.root, name, "current"), "2\n1\n");
  expect((await store.read(name)).artifact.version).toBe(2);
  expect(await store.rollback(name)).toEqual({ from: 2, to: 1 });
});

test("two writers at once get two versions", async () => {
  const store = emptyStore();
  const saved = await Promise.all([
    store.save(modelDraft({ seed: 1 }), createdMs, null),
    new ModelStore(store.root).save(modelDraft({ seed: 2 }), createdMs, null),
  ]);
  expect(new Set(saved.map(({ version }) => version))).toEqual(new Set([1, 2]));
  expect(saved.filter(({ isPromoted }) => isPromoted)).toHaveLength(1);
});

test("the same draft gives the same bytes but for the time when it was made", () => {
  const [one, other] = [textOfModel(modelDraft(), 1), textOfModel(modelDraft(), 2)];
  expect(one.replace('"createdMs": 1', '"createdMs": 2')).toBe(other);
});

test("what a killed writer left changes nothing", async () => {
  const store = await storeOf(1);
  // Killed while the next version was written, and, another time, before it was put to use.
  writeFileSync(`${fileOf(store, 2)}.partial`, "{");
  expect((await store.read(name)).artifact.version).toBe(1);
  expect(await store.save(modelDraft({ seed: 2 }), createdMs)).toMatchObject({ version: 2 });
  expect((await store.read(name)).artifact.version).toBe(1);
  expect(readdirSync(join(store.root, name)).filter((file) => file.endsWith(".partial"))).toEqual([]);
});

describe("what cannot be read says so", () => {
  test("any change of a byte is noticed", async () => {
    const text = textOfModel(modelDraft(), createdMs);
    const end = text.indexOf('"createdMs"');
    fc.assert(
      fc.property(fc.nat(end - 1), fc.integer({ min: 33, max: 126 }), (at, code) => {
        const byte = String.fromCharCode(code);
        fc.pre(text[at] !== byte && /\S/.test(text[at]!));
        const changed = text.slice(0, at) + byte + text.slice(at + 1);
        expect(() => modelOfText(changed, "1.json", name)).toThrow(/MODEL_(DAMAGED|NEWER)/);
      }),
      { seed: 20_261_121, numRuns: 300 },
    );
  });

  test("a file that was cut off, is empty or comes from elsewhere is damaged", async () => {
    const store = await storeOf(2);
    const text = readFileSync(fileOf(store, 2), "utf8");
    for (const other of [
      text.slice(0, 200),
      "",
      "null",
      "[]",
      '{"weights":[1,2]}',
      "\u0080\u0004model pickle",
    ]) {
      writeFileSync(fileOf(store, 2), other);
      const { code, fix } = await errorOf(store.read(name));
      expect([code, fix]).toEqual([
        "MODEL_DAMAGED",
        expect.stringContaining(`kiwi model rollback ${name}   (or train it again: kiwi train `),
      ]);
    }
    await store.rollback(name);
    expect((await store.read(name)).artifact.version).toBe(1);
    expect((await store.list(name)).map(({ kind }) => kind)).toEqual(["found", "unreadable"]);
  });

  test("a version in use that is gone is damage, and so is a list of versions that is none", async () => {
    const store = await storeOf(2);
    rmSync(fileOf(store, 2));
    expect((await errorOf(store.read(name))).code).toBe("MODEL_DAMAGED");
    writeFileSync(join(store.root, name, "current"), "two\n");
    expect((await errorOf(store.read(name))).code).toBe("MODEL_DAMAGED");
    await store.promote(name, 1);
    expect((await store.read(name)).artifact.version).toBe(1);
  });

  test("a file under another name is not that model", async () => {
    const store = await storeOf(1);
    mkdirSync(join(store.root, "regime-QQQ-1d"));
    writeFileSync(join(store.root, "regime-QQQ-1d", "1.json"), readFileSync(fileOf(store, 1)));
    const { code, message } = await errorOf(store.read("regime-QQQ-1d", 1));
    expect([code, message]).toEqual([
      "MODEL_DAMAGED",
      expect.stringContaining("it is the model regime-SPY-1d"),
    ]);
  });

  test("a newer format is refused and not called damaged", async () => {
    const store = await storeOf(1);
    const text = readFileSync(fileOf(store, 1), "utf8");
    for (const [before, after] of [
      ['"fileFormat": 1', '"fileFormat": 2'],
      ['"format": 1', '"format": 3'],
    ] as const) {
      writeFileSync(fileOf(store, 1), text.replace(before, after));
      expect((await errorOf(store.read(name))).code).toBe("MODEL_NEWER");
    }
  });

  test("an unknown name brings the nearest, an unknown version the known ones", async () => {
    const store = await storeOf(1);
    expect(await errorOf(store.read("regime-SPX-1d"))).toMatchObject({
      code: "MODEL_UNKNOWN",
      fix: expect.stringContaining("did you mean regime-SPY-1d"),
    });
    expect(await errorOf(store.read(name, 7))).toMatchObject({ code: "MODEL_UNKNOWN", why: "it has 1" });
    expect(await errorOf(emptyStore().read(name))).toMatchObject({
      code: "MODEL_UNKNOWN",
      fix: expect.stringContaining("kiwi train regime"),
    });
  });

  test("versions of which none was promoted are none to use", async () => {
    const store = emptyStore();
    await store.save(modelDraft(), createdMs);
    expect(await errorOf(store.read(name))).toMatchObject({
      code: "MODEL_UNKNOWN",
      fix: `kiwi model promote ${name} 1`,
    });
  });

  test.each(["", "../elsewhere", "a/b", ".hidden", "x".repeat(101), "a\u0000b", "ends."])(
    "%j cannot name a model",
    async (bad) => {
      expect((await errorOf(emptyStore().read(bad))).code).toBe("MODEL_NAME_INVALID");
    },
  );
});
