import { readJournalFile } from "../../adapters/stores/journal/journal-file.ts";
import { KiwiError } from "../../base/errors.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { JournalStore } from "../../ports/journal-store.ts";
import { replaySession, type Replay } from "../../robot/replay.ts";
import { textOf } from "../../robot/whole-file.ts";
import { runConfigSchema, type RunConfig } from "../config/run-config.ts";
import { loadRegistry } from "../plugins/load-registry.ts";
import { findStrategy } from "../plugins/find-strategy.ts";
import { watchedStrategy, type StrategyWatch } from "../plugins/watched-strategy.ts";
import { recordedAnswers } from "../predictions/recorded-answers.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import { buildSession, layGround } from "../session/build-session.ts";
import { sessionPaths, type SessionNote } from "./session-folder.ts";
import { readSessionTables, sessionSettings } from "./session-settings.ts";

/** A replay, and the backtest of the bars that the session saw. */
export type StoredReplay = Replay & { readonly setup: BacktestSetup };

/** Replays a session that was kept. Throws `SESSION_DAMAGED` and `JOURNAL_BROKEN`. */
export async function replayStored(
  home: string,
  note: SessionNote,
  watch?: StrategyWatch,
): Promise<StoredReplay> {
  return replayJournal(home, note, storedJournal(home, note), watch);
}

/** Replays the journal of a session by the settings and the strategy it ran with. Throws `SESSION_DAMAGED`. */
export async function replayJournal(
  home: string,
  note: SessionNote,
  journal: JournalStore,
  watch?: StrategyWatch,
): Promise<StoredReplay> {
  const { folder, plugins, ...settings } = storedSettings(home, note);
  const registry = await loadRegistry(folder, plugins);
  const { strategy } = await findStrategy(folder, settings.strategy, plugins, registry);
  const { config } = settings;
  const timeframe = note.timeframe as Timeframe;
  const { params, symbols } = note;
  const tables = readSessionTables(sessionPaths(home, note.id).tables);
  // No model is asked again: what it said then is in the journal.
  const { externals, take } = recordedAnswers({ strategy, params, symbols, timeframe, config, registry });
  const watched = watchedStrategy(strategy, watch, registry);
  const told = { strategy, params, config, registry, externals, ...tables };
  const replay = replaySession(
    journal,
    timeframe,
    ({ bars, cash, broker, tradingState }) => {
      const own = withCash(config, cash);
      const setup = { ...told, strategy: watched, bars, config: own };
      const ground = layGround(bars, own, undefined, tables.actions);
      return buildSession(setup, ground, { broker, tradingState });
    },
    take,
  );
  const { bars, beginning, decidedFromMs } = replay;
  const { cash, venueTimeMs } = beginning;
  // The bar that closed just before a session began may be the first that it decides on.
  const tradeFromMs = Math.min(venueTimeMs, decidedFromMs);
  return { ...replay, setup: { ...told, bars, config: withCash(config, cash), tradeFromMs } };
}

function withCash(config: RunConfig, cash: number): RunConfig {
  return { ...config, account: { ...config.account, cash } };
}

/** What a session was run with. Throws `SESSION_DAMAGED`. */
export function storedSettings(home: string, { id }: SessionNote) {
  const settings = sessionSettings.safeParse(
    JSON.parse(textOf(sessionPaths(home, id).settings) ?? "null"),
  ).data;
  if (settings === undefined) throw damaged(id);
  return { ...settings, config: runConfigSchema.parse(settings.config) };
}

/** The journal of a session as it is now, for it may still be written to. Reading throws `JOURNAL_BROKEN`. */
export function storedJournal(home: string, { id }: SessionNote): JournalStore {
  return readJournalFile(sessionPaths(home, id).journal);
}

function damaged(id: string): KiwiError {
  return new KiwiError({
    code: "SESSION_DAMAGED",
    exit: "data",
    message: `the settings of session ${id} cannot be read`,
    why: "settings.json in its folder is not as it was written",
    fix: "restore the folder from a backup; the journal itself says what was done",
    topic: "trading",
  });
}
