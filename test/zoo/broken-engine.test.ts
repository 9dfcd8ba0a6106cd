import { expect, test } from "vitest";
import type { CheckSubject } from "../../src/analysis/checks/check-subject.ts";
import { lookahead, lookaheadDefaults } from "../../src/analysis/checks/lookahead.ts";
import type { BacktestSetup, Ground } from "../../src/app/session/backtest-setup.ts";
import { buildSession, layGround } from "../../src/app/session/build-session.ts";
import { runConfigSchema } from "../../src/app/config/run-config.ts";
import { historicalFeed } from "../../src/data/historical-feed.ts";
import { syntheticMarket } from "../../src/data/synthetic/synthetic-market.ts";
import type { Bars } from "../../src/domain/bars.ts";
import type { Timeframe } from "../../src/domain/timeframe.ts";
import { Column } from "../../src/engine/columns/fold.ts";
import type { Session } from "../../src/engine/session.ts";
import { sma } from "../../src/indicators/sma.ts";
import { strategy } from "../../src/ports/strategy.ts";
import { EarlyFrame, FormingFrame, HastyBroker } from "./broken-parts.ts";
import { zooMarket } from "./zoo-market.ts";

// Each test breaks one part of the engine in a way that engines have been broken, and leaves strategies honest.

const bars = syntheticMarket({ ...zooMarket, bars: 800 }).bars;
const config = runConfigSchema.parse({
  account: { kind: "margin" },
  instruments: { "*": { calendar: "24/7" } },
});

const honest = strategy({
  name: "honest",
  summary: "Watches its own bars, higher bars and another symbol.",
  params: {},
  setup: ({ bars: own, tf, symbol }) => ({
    close: own.close,
    mean: sma(own.close, 5),
    higher: tf("4h").close,
    other: symbol("SYN2").close,
  }),
  onBar({ series, target }) {
    const votes = [
      series.close.now > series.mean.now,
      series.close.now > series.higher.now,
      series.other.now > series.other.prev,
    ];
    target(votes.filter(Boolean).length / 3, "votes");
  },
});

type Breakage = {
  readonly timeframe?: Timeframe;
  /** Breaks what a session is built on. */
  readonly ground?: (ground: Ground) => Ground;
  /** Breaks the session; `shown` are the bars it was built over. */
  readonly session?: (session: Session, shown: readonly Bars[]) => Session;
};

function check({ timeframe, ground: breakGround, session: breakSession }: Breakage) {
  const subject: CheckSubject = {
    bars,
    params: {},
    load: async () => honest,
    feed: historicalFeed,
    build(one, params, shown) {
      const setup: BacktestSetup = {
        bars: shown,
        strategy: one,
        params,
        config,
        ...(timeframe === undefined ? {} : { timeframe }),
      };
      const ground = layGround(shown, config, timeframe);
      const session = buildSession(setup, breakGround?.(ground) ?? ground);
      return breakSession?.(session, shown) ?? session;
    },
  };
  return lookahead(subject, { ...lookaheadDefaults, cuts: 6 });
}

/** Replaces frames of other timeframes or symbols inside every column store. */
function withFrames(
  change: (ground: Ground, index: number, key: string) => EarlyFrame | FormingFrame | null,
) {
  return (ground: Ground): Ground => {
    for (const [index, store] of ground.stores.entries()) {
      const [real, made] = [store.frame.bind(store), new Map<string, ReturnType<typeof change>>()];
      store.frame = (key) => {
        if (!made.has(key)) made.set(key, change(ground, index, key));
        const frame = made.get(key) ?? real(key);
        frame.extend();
        return frame;
      };
    }
    return ground;
  };
}

test("the engine as it is passes, on two symbols and on bars of another timeframe", async () => {
  const plain = await check({});
  expect(plain.findings).toEqual([]);
  expect(plain.eventsCompared).toBeGreaterThan(1_000);
  expect((await check({ timeframe: "2h" })).findings).toEqual([]);
});

test("a higher bar that shows before it has closed is found and laid at the engine's door", async () => {
  const { findings } = await check({
    ground: withFrames((ground, index, key) =>
      key === "4h" ? new FormingFrame(ground.bars[index]!, 4) : null,
    ),
  });
  expect(findings[0]).toMatchObject({ kind: "engine", culprit: "higher", symbol: "SYN1" });
  expect(findings[0]!.sentence).toContain("4h:close");
});

test("a higher bar stamped with its beginning (label left) is found", async () => {
  const { findings } = await check({
    ground: withFrames((ground, index, key) =>
      key === "4h" ? new EarlyFrame(layGround(ground.bars, config, "4h").frames![index]!, 1) : null,
    ),
  });
  expect(findings[0]).toMatchObject({ kind: "engine", culprit: "higher" });
});

test("another symbol that is one bar ahead is found", async () => {
  const { findings } = await check({
    ground: withFrames((ground, index, key) => {
      if (key !== "SYN2@") return null;
      const rows = {
        bars: ground.bars[1]!,
        visible: Int32Array.from({ length: 800 }, (_, row) => row),
        extend() {},
      };
      return index === 0 ? new EarlyFrame(rows, 1) : null;
    }),
  });
  expect(findings[0]).toMatchObject({ kind: "engine", culprit: "other", symbol: "SYN1" });
});

test("decision bars that are decided on before they have closed are found", async () => {
  const { findings } = await check({
    timeframe: "2h",
    ground: (ground) => {
      const frames = ground.bars.map((table) => new FormingFrame(table, 2));
      const again = layGround(
        frames.map((frame) => frame.bars),
        config,
      );
      return { ...again, bars: ground.bars, frames: frames as unknown as Ground["frames"] };
    },
  });
  expect(findings[0]).toMatchObject({ kind: "engine", culprit: "close" });
});

test("an order that fills on the bar that caused it is found", async () => {
  const { findings } = await check({
    session: (session, shown) => ({ ...session, broker: new HastyBroker(session.broker, shown) }),
  });
  expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(["fill"]));
  expect(findings[0]!.sentence).toContain("whatever the bars after it are");
});

test("a sizer that peeks at the next bar is found in the orders it makes", async () => {
  const { findings } = await check({
    session: (session, shown) => ({
      ...session,
      pipeline: {
        ...session.pipeline,
        sizer: {
          weigh(signal, { instrument, price }) {
            const table = shown[instrument.index]!;
            const next = table.close[table.close.indexOf(price) + 1] ?? 0;
            return next > price ? signal.weight : signal.weight / 2;
          },
        },
      },
    }),
  });
  expect(findings[0]!.kind).toBe("decision");
});

test("an optimisation that fills missing values backwards is found in the series it fills", async () => {
  const { findings } = await check({
    ground: (ground) => {
      for (const store of ground.stores) {
        const [real, made] = [store.column.bind(store), new Map<string, Column>()];
        store.column = (expression) => {
          const inner = real(expression);
          if (!expression.key.startsWith("sma")) return inner;
          const column =
            made.get(expression.key) ??
            new Column((self) => {
              inner.extend();
              self.values = inner.values.slice();
              const first = self.values.findIndex((value) => !Number.isNaN(value));
              self.values.fill(self.values[first] ?? Number.NaN, 0, Math.max(0, first));
            });
          made.set(expression.key, column);
          column.extend();
          return column;
        };
      }
      return ground;
    },
  });
  expect(findings[0]).toMatchObject({ kind: "column", culprit: "mean" });
});
