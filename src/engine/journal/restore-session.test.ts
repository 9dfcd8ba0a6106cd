import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openJournalFile } from "../../adapters/stores/journal/journal-file.ts";
import { layGround, buildSession } from "../../app/session/build-session.ts";
import { Prng } from "../../base/prng.ts";
import { hourMs } from "../../base/time.ts";
import { historicalFeed } from "../../data/historical-feed.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { JournalStore } from "../../ports/journal-store.ts";
import { chanceConfig, chanceStrategy, walk } from "../../../test/simulation/order-life.ts";
import { InterruptedBroker, refusalOf, scripted } from "../../../test/scripted-run.ts";
import type { Session } from "../session.ts";
import { live } from "../step.ts";
import { JournaledBroker, type VenuePlace } from "./journaled-broker.ts";
import { restoreSession } from "./restore-session.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kiwi-journal-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A session of chance that writes a journal. Its bars are the given tables. */
function sessionOn(tables: readonly BarTable[], seed: number, store: JournalStore, place: VenuePlace) {
  const config = chanceConfig(new Prng(seed));
  const made: { broker?: JournaledBroker } = {};
  const session = buildSession(
    { bars: tables, strategy: chanceStrategy(seed), params: {}, config },
    layGround(tables, config),
    { broker: (venue, market) => (made.broker = new JournaledBroker(venue, market, store, place)) },
  );
  return { session, broker: made.broker! };
}

/** Lives through the bars up to and including `to`, hours from 1; those before `from` have been lived through. */
function liveThrough(
  session: Session,
  bars: readonly BarTable[],
  from: number,
  to: number,
  grown: readonly BarTable[],
) {
  for (const batch of historicalFeed(bars)) {
    while (batch.advance()) {
      const hour = batch.slice.timeMs / hourMs;
      if (hour < from || hour > to) continue;
      for (let k = 0; k < batch.slice.count; k++) copyRow(bars[k]!, batch.slice.rows[k]!, grown[k]!);
      live(session, batch.slice);
    }
  }
}

function copyRow(from: BarTable, row: number, to: BarTable): void {
  if (to === from || to.length > row) return;
  to.append(
    from.closeTimeMs[row]!,
    from.open[row]!,
    from.high[row]!,
    from.low[row]!,
    from.close[row]!,
    from.volume[row]!,
  );
}

test("a session that is saved and restored at any slice decides as if nothing had happened", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const bars = [walk(seed * 7, "S0"), walk(seed * 7 + 1, "S1")];
    const grow = () => bars.map(({ symbol }) => new BarTable(symbol, "1h"));
    const wholePath = join(folder, `${seed}-whole`);
    const wholeTables = grow();
    const whole = sessionOn(wholeTables, seed, openJournalFile(wholePath), "inside");
    liveThrough(whole.session, bars, 1, 70, wholeTables);
    const { log } = whole.session.recorder;
    const lastId = whole.session.orders.nextId();
    for (const stop of [1, 9, 23, 37, 52]) {
      const path = join(folder, `${seed}-${stop}`);
      const store = openJournalFile(path);
      const firstTables = grow();
      const first = sessionOn(firstTables, seed, store, "inside");
      liveThrough(first.session, bars, 1, stop, firstTables);
      store.sync();
      store.close();

      const again = openJournalFile(path);
      const tables = grow();
      const second = sessionOn(tables, seed, again, "inside");
      const restored = restoreSession(second.session, second.broker, tables, again.read());
      expect(restored.difference).toBeNull();
      liveThrough(second.session, bars, stop + 1, 70, tables);
      again.close();
      expect(second.session.recorder.log.hash()).toBe(log.hash());
      expect(second.session.orders.nextId()).toBe(lastId);
    }
  }
});

test("other code or other settings than those that wrote a journal are found at the first order that differs", () => {
  const seed = 3;
  const bars = [walk(seed * 7, "S0")];
  const tables = [new BarTable("S0", "1h")];
  const store = openJournalFile(join(folder, "other"));
  const first = sessionOn(tables, seed, store, "outside");
  liveThrough(first.session, bars, 1, 60, tables);
  const fresh = [new BarTable("S0", "1h")];
  const second = sessionOn(fresh, seed + 1, store, "outside");
  const { difference } = restoreSession(second.session, second.broker, fresh, store.read());
  store.close();
  expect(difference).not.toBeNull();
});

test("a venue that lives elsewhere is not asked again while its session is restored", () => {
  const seed = 5;
  const bars = [walk(seed * 7, "S0")];
  const tables = [new BarTable("S0", "1h")];
  const store = openJournalFile(join(folder, "outside"));
  const first = sessionOn(tables, seed, store, "outside");
  liveThrough(first.session, bars, 1, 60, tables);
  const fresh = [new BarTable("S0", "1h")];
  const second = sessionOn(fresh, seed, store, "outside");
  const restored = restoreSession(second.session, second.broker, fresh, store.read());
  store.close();
  expect(restored.difference).toBeNull();
  expect(second.session.recorder.log.hash()).toBe(first.session.recorder.log.hash());
  expect(second.session.portfolio.cash).toBe(first.session.portfolio.cash);
});

test("an order that is sent again on a slice without bars or news is sent again by the restored session", () => {
  const tables = [walk(7, "S0")];
  const config = chanceConfig(new Prng(1));
  const path = join(folder, "heartbeat");
  const build = (bars: readonly BarTable[], store: JournalStore) => {
    const made: { broker?: JournaledBroker } = {};
    const session = buildSession(
      { bars, strategy: scripted({ 2: [1] }), params: {}, config },
      layGround(bars, config),
      {
        broker: (venue, market) => {
          const away = new InterruptedBroker(venue, (order, count) =>
            count === 1 ? refusalOf(order, "unavailable") : null,
          );
          return (made.broker = new JournaledBroker(away, market, store, "outside"));
        },
      },
    );
    return { session, broker: made.broker! };
  };
  const store = openJournalFile(path);
  const grown = [new BarTable("S0", "1h")];
  const first = build(grown, store);
  liveThrough(first.session, tables, 1, 2, grown);
  // Nothing closes and nobody says anything; the second of patience is over.
  live(first.session, {
    timeMs: 2 * hourMs + 5_000,
    count: 0,
    instruments: new Int32Array(1),
    rows: new Int32Array(1),
  });
  expect(first.session.orders.open(0 as never)).toHaveLength(1);

  const fresh = [new BarTable("S0", "1h")];
  const second = build(fresh, store);
  expect(restoreSession(second.session, second.broker, fresh, store.read()).difference).toBeNull();
  store.close();
  expect(second.session.orders.open(0 as never)).toEqual(first.session.orders.open(0 as never));
});
