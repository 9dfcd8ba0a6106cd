import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../../test/run-kiwi.ts";
import { trainedModel } from "../../../../test/trained-model.ts";
import { marketBars } from "../../../../test/training-bars.ts";
import { ModelStore } from "../../../adapters/stores/models/model-store.ts";
import { systemClock } from "../../../adapters/system-clock.ts";
import { barsOf, sliceBars, type Bars } from "../../../domain/bars.ts";
import { calendarNamed } from "../../../domain/calendar/calendar-named.ts";
import type { AlertMessage } from "../../../ports/alert-channel.ts";
import { AlertFiles } from "../../alerts/alert-files.ts";
import { AlertService } from "../../alerts/alert-service.ts";
import { alertConfigSchema } from "../../config/alert-config.ts";
import { runConfigSchema } from "../../config/run-config.ts";
import { ModelWatch } from "./model-watch.ts";

// A trained model, a market that goes on, and a market that becomes another one: alarms go through rules and channels.

const { path: folder, remove } = temporaryFolder();
const bars = marketBars(2_400);
const learned = 1_800;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  await trainedModel(folder, sliceBars(bars, 0, learned), "rise");
});
afterAll(remove);

/** The same bars, but for those after the training, which only rise. */
function risingBars(): Bars {
  const scale = Float64Array.from(bars.close, (_, row) => Math.exp(0.02 * Math.max(0, row - learned)));
  const of = (field: "open" | "high" | "low" | "close") =>
    bars[field].slice(0, bars.length).map((value, row) => value * scale[row]!);
  return barsOf(bars.symbol, bars.timeframe, {
    closeTimeMs: bars.closeTimeMs.slice(0, bars.length),
    open: of("open"),
    high: of("high"),
    low: of("low"),
    close: of("close"),
    volume: bars.volume.slice(0, bars.length),
  });
}

let count = 0;
async function told(
  table: Bars,
): Promise<{ readonly told: readonly AlertMessage[]; readonly logged: string[] }> {
  const messages: AlertMessage[] = [];
  const alerts = new AlertService({
    config: alertConfigSchema.parse({
      channels: { desk: {} },
      rules: [{ kinds: ["model drift"], severity: "info", channels: ["desk"] }],
    }),
    channels: new Map([["desk", { send: async (message) => void messages.push(message) }]]),
    files: new AlertFiles(join(folder, `alerts-${(count += 1)}`)),
    clock: systemClock,
    sender: "test",
    onFailure: ({ why }) => expect.fail(why),
  });
  const logged: string[] = [];
  const say = (fields: object, text: string) =>
    void logged.push("error" in fields ? `${text} ${JSON.stringify(fields)}` : text);
  const watch = new ModelWatch({
    plan: {
      models: [{ name: "rise", fingerprint: "" }],
      config: runConfigSchema.parse({}),
      folder,
      calendarOf: () => calendarNamed("24/7"),
      clock: systemClock,
    },
    bars: [table],
    raise: (event) => alerts.raise(event),
    log: { debug: say, info: say, warn: say, error: say },
  });
  await watch.look();
  // Nothing has closed since: it is not looked at again, and nobody is told twice.
  await watch.look();
  await alerts.idle();
  return { told: messages, logged };
}

test("a market that goes on as it was raises no alarm, and what was seen is in the log", async () => {
  const { told: messages, logged } = await told(bars);
  expect(messages).toEqual([]);
  expect(logged).toEqual([expect.stringMatching(/^drift of rise@1: (none|watch)$/)]);
});

test("a market that becomes another one is told by the alert rules, once, with what can be done", async () => {
  const { told: messages } = await told(risingBars());
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatchObject({ severity: "warning", title: "rise version 1 has drifted" });
  expect(messages[0]!.text).toMatch(/by [\d.]+ standard errors.*kiwi model rollback rise/);
});

test("a newer version that does better in the shadow is told of, and not put to use", async () => {
  const table = risingBars();
  const store = new ModelStore(join(folder, ".kiwi", "models"));
  const { artifact, dataKind } = await store.read("rise");
  if (artifact.kind !== "predictor") throw new Error("it tells the direction");
  // The same model, sure of a rise: its recalibration says so.
  const calibration = { kind: "beta", a: 0, b: 0, c: 3, covariance: new Array<number>(9).fill(0) } as const;
  await store.save({ artifact: { ...artifact, calibration }, dataKind, tried: [], judgement: null }, 0);
  const { told: messages, logged } = await told(table);
  expect(logged).toEqual([
    "drift of rise@1: drifted",
    expect.stringMatching(/^rise@2 in the shadow of version 1/),
  ]);
  expect(messages.map(({ title }) => title)).toEqual([
    "rise version 1 has drifted",
    "rise version 2 does better than version 1",
  ]);
  expect((await store.read("rise")).artifact.version).toBe(1);
});
