import { Option, type Command } from "commander";
import type { CostsFlags } from "../trading/costs.ts";
import type { LogsFlags } from "../trading/logs.ts";
import type { TracesFlags } from "../trading/traces.ts";
import type { OrdersFlags } from "../trading/orders.ts";
import type { PauseFlags } from "../trading/pause.ts";
import type { PaperStartFlags, SessionFlags } from "../trading/paper.ts";
import type { SessionsFlags } from "../trading/sessions.ts";
import type { SoakFlags } from "../trading/soak.ts";
import type { StatusFlags } from "../trading/status.ts";
import type { KillFlags, KillKeyFlags, KillResetFlags } from "../trading/kill.ts";
import { addRunFlags, collect } from "../flags/add-flags.ts";
import { sessionFlags } from "../flags/session-flags.ts";
import type { LiveFlags } from "../trading/live.ts";
import { addCommon, addConfig, addProgress, type Act, type CommonFlags } from "./common-flags.ts";

const freshHelp =
  "a new session, though the one before is the same; of several, what those before hold is nobody's";

/** Adds what trades and what stops it: paper, live, replay, logs, kill. */
export function declareTradeCommands(program: Command, act: Act): void {
  declarePaper(program, act);
  declareLive(program, act);
  declareStatus(program, act);
  declareReplay(program, act);
  declareSoak(program, act);
  declareCosts(program, act);
  declareSessions(program, act);
  declareTraces(program, act);
  declareLogs(program, act);
  declareKill(program, act);
}

function declarePaper(program: Command, act: Act): void {
  const paper = program
    .command("paper")
    .summary("trade with play money")
    .description("Trades with play money: the same strategy, the same robot, the same checks as with money.");
  const start = paper
    .command("start")
    .summary("begin, and go on until it is stopped")
    .argument("[strategies...]", "names or strategy files; the configuration's without one")
    .option("--demo", "a made-up market behind a real venue's protocol: offline, without an account")
    .option("--seed <number>", "seed of the made-up market", "42")
    .option("--faults <plan>", "faults of the demo's venue, e.g. seed=7,drop=0.02")
    .option("--fresh", freshHelp);
  addConfig(
    addCommon(addSession(start), [
      "kiwi paper start --demo",
      "kiwi paper start sma-cross trend-following -p BTC/USD -t 1h",
    ]),
  ).action(
    act(async (shell, strategies: readonly string[], flags: PaperStartFlags) =>
      (await import("../trading/paper.ts")).paperStartCommand(shell, strategies, flags),
    ),
  );
  declareSession(paper, "paper", act);
}

function declareLive(program: Command, act: Act): void {
  const live = program
    .command("live")
    .summary("trade with money")
    .description(
      "Trades with money: an account is armed by its name when every gate is open, and then started.",
    );
  const arm = live
    .command("arm")
    .summary("show the gates, and arm an account for 15 minutes when all are open")
    .argument("[strategies...]", "names or strategy files; the configuration's without one")
    .option("--account <name>", "the account, as the venue names it: kiwi broker check --live");
  addConfig(
    addCommon(addSession(arm), [
      "kiwi live arm sma-cross -p BTC/USD -t 1h --account 123456789",
      "kiwi live arm --account 123456789 --json",
    ]),
  ).action(
    act(async (shell, strategies: readonly string[], flags: LiveFlags) =>
      (await import("../trading/live.ts")).liveArmCommand(shell, strategies, flags),
    ),
  );
  const start = live
    .command("start")
    .summary("trade; the account must have been armed for exactly this")
    .argument("[strategies...]", "names or strategy files; the configuration's without one")
    .option("--confirm", "yes, with money")
    .option("--fresh", freshHelp);
  addConfig(
    addCommon(addSession(start), [
      "kiwi live start sma-cross -p BTC/USD -t 1h --confirm",
      "kiwi live start --confirm",
    ]),
  ).action(
    act(async (shell, strategies: readonly string[], flags: LiveFlags) =>
      (await import("../trading/live.ts")).liveStartCommand(shell, strategies, flags),
    ),
  );
  declareSession(live, "live", act);
  const flatten = live
    .command("flatten")
    .summary("cancel every order, close every position, and latch the kill switch")
    .option("--session <id>", "the account of this session; of the newest without it");
  addCommon(flatten, ["kiwi live flatten", "kiwi live flatten --json"]).action(
    act(async (shell, flags: SessionFlags) =>
      (await import("../trading/live.ts")).liveFlattenCommand(shell, flags),
    ),
  );
}

/** What a session takes of the settings of a run. */
function addSession(command: Command): Command {
  addRunFlags(command, sessionFlags);
  return command
    .option("--param <name=value>", "a parameter of the strategy", collect)
    .option(
      "--monitor <port>",
      "serve health and figures on this port of 127.0.0.1: /healthz, /readyz, /metrics",
    );
}

function declareStatus(program: Command, act: Act): void {
  const status = program
    .command("status")
    .summary("what trades now: sessions, money, positions")
    .description(
      "Shows every session that runs: each account, what its strategies have of it, and who holds what. One session alone is shown as kiwi paper status shows it. Exit 7 when trading is stopped.",
    )
    .option("--session <id>", "this session alone, in full");
  addCommon(status, ["kiwi status", "kiwi status --session 3lvzj494"]).action(
    act(async (shell, flags: StatusFlags) =>
      (await import("../trading/status.ts")).statusCommand(shell, flags),
    ),
  );
}

function declareSessions(program: Command, act: Act): void {
  const sessions = program
    .command("sessions")
    .summary("what is kept of sessions, and what of it is old; nothing is removed by itself")
    .description(
      "Lists every session of this home with its size and whether it may go: it ended long ago, holds nothing, and is not the last of its account. With --remove those go, for good; their rows leave the tables at the next kiwi db update.",
    )
    .option("--days <number>", "how long sessions that ended are kept; trading.sessionDays without it")
    .option("--remove", "remove those that may go");
  addConfig(addCommon(sessions, ["kiwi sessions", "kiwi sessions --days 90 --remove"])).action(
    act(async (shell, flags: SessionsFlags) =>
      (await import("../trading/sessions.ts")).sessionsCommand(shell, flags),
    ),
  );
}

function declareTraces(program: Command, act: Act): void {
  const traces = program
    .command("traces")
    .summary("send the way of every order, from bar to fill, to an OpenTelemetry collector")
    .argument("[session]", "id of a session, or last; it may run", "last")
    .option("--to <url>", "the collector; OTEL_EXPORTER_OTLP_ENDPOINT or http://localhost:4318 without it")
    .option("--to-file <path>", "write them instead of sending them")
    .option("--since <time>", "orders that were decided from this day or moment on");
  addCommon(traces, ["kiwi traces last", "kiwi traces last --to-file traces.json"]).action(
    act(async (shell, session: string, flags: TracesFlags) =>
      (await import("../trading/traces.ts")).tracesCommand(shell, session, flags),
    ),
  );
}

function declareCosts(program: Command, act: Act): void {
  const costs = program
    .command("costs")
    .summary("what trading really cost")
    .description("Costs as a session had them, beside what its model says.");
  const refit = costs
    .command("refit")
    .summary("fit slippage, fees and latency to the fills of a session")
    .argument("[session]", "id of a session, or last", "last")
    .option("--to-file <path>", "write them for costs.fitFile of a configuration")
    .option("--cautious", "write the dear end of each interval");
  addCommon(refit, ["kiwi costs refit last", "kiwi costs refit 3lvzj494 --to-file costs.json"]).action(
    act(async (shell, session: string, flags: CostsFlags) =>
      (await import("../trading/costs.ts")).costsRefitCommand(shell, session, flags),
    ),
  );
}

function declareReplay(program: Command, act: Act): void {
  const replay = program
    .command("replay")
    .summary("live through a recorded session again, and compare")
    .description(
      "Takes the strategy through the bars and answers of a recorded session: it must decide and send the same. Names the first difference; exit 5 then.",
    )
    .argument("<session>", "id of a session, or last");
  addCommon(replay, ["kiwi replay last", "kiwi replay 3lvzj494 --json"]).action(
    act(async (shell, session: string, flags: CommonFlags) =>
      (await import("../trading/replay.ts")).replayCommand(shell, session, flags),
    ),
  );
}

function declareSoak(program: Command, act: Act): void {
  const soak = program
    .command("soak")
    .summary("run the demo for hours and measure what grows")
    .description(
      "Trades the demo's made-up market in real time and looks every minute at memory, open handles and rejections; then holds the session against its backtest and its journal. Exit 5 when anything grew or parted.",
    )
    .option(
      "--hours <number>",
      "how long, by the machine's time; an hour is a day and a quarter of the market",
      "24",
    )
    .option("--seed <number>", "seed of the made-up market", "42")
    .option("--faults <plan>", "faults of the demo's venue, e.g. seed=7,drop=0.02")
    .option("--out <folder>", "where the session is kept, away from your own", "out/soak");
  addProgress(
    addCommon(soak, ["kiwi soak --hours 1", "kiwi soak --hours 24 --faults seed=7,drop=0.02"]),
  ).action(
    act(async (shell, flags: SoakFlags) => (await import("../trading/soak.ts")).soakCommand(shell, flags)),
  );
}

/** Looks at a session of a mode, and ends it. */
function declareSession(parent: Command, mode: "paper" | "live", act: Act): void {
  const status = parent
    .command("status")
    .summary("how a session is: money, positions, orders, and why")
    .option("--session <id>", "which one; the newest without it");
  addCommon(status, [`kiwi ${mode} status`, `kiwi ${mode} status --json`]).action(
    act(async (shell, flags: SessionFlags) =>
      (await import("../trading/status.ts")).sessionStatusCommand(shell, mode, flags),
    ),
  );
  const stop = parent
    .command("stop")
    .summary("end a session; orders and positions stay at the venue")
    .option("--session <id>", "which one; the newest without it");
  addCommon(stop, [`kiwi ${mode} stop`, `kiwi ${mode} stop --session 3lvzj494`]).action(
    act(async (shell, flags: SessionFlags) =>
      (await import("../trading/paper.ts")).sessionStopCommand(shell, mode, flags),
    ),
  );
  const orders = parent
    .command("orders")
    .summary("what works on the account by the venue itself; take single orders off")
    .option("--cancel <id...>", "ids of orders that no running session sees to, from the list")
    .option("--session <id>", "the account of this session; of the newest without it");
  addCommon(orders, [`kiwi ${mode} orders`, `kiwi ${mode} orders --cancel 3lvzj494o7`]).action(
    act(async (shell, flags: OrdersFlags) =>
      (await import("../trading/orders.ts")).ordersCommand(shell, mode, flags),
    ),
  );
  const pause = parent
    .command("pause")
    .summary("open nothing any more; what is held may be closed")
    .option("--session <id>", "the account of this session; of the newest without it")
    .option("--reason <text>", "for the record");
  addCommon(pause, [`kiwi ${mode} pause`, `kiwi ${mode} pause --reason "news at noon"`]).action(
    act(async (shell, flags: PauseFlags) =>
      (await import("../trading/pause.ts")).pauseCommand(shell, mode, flags),
    ),
  );
  const resume = parent
    .command("resume")
    .summary("lift a pause; never a kill switch")
    .option("--session <id>", "the account of this session; of the newest without it");
  addCommon(resume, [`kiwi ${mode} resume`, `kiwi ${mode} resume --session 3lvzj494`]).action(
    act(async (shell, flags: PauseFlags) =>
      (await import("../trading/pause.ts")).resumeCommand(shell, mode, flags),
    ),
  );
}

function declareLogs(program: Command, act: Act): void {
  const logs = program
    .command("logs")
    .summary("what sessions have said")
    .description(
      "Shows the log of the sessions that run, of the newest where none does, or of the one that is named.",
    )
    .option("--session <id>", "which session; all that run without it")
    .option("-f, --follow", "and what it says from now on")
    .option("--part <name>", "who speaks: robot, guard, report, feed")
    .option("--order <id>", "one order from its decision to its fill: our number, or its name at the venue")
    .option("--since <time>", "10m, 2h, 1d ago, or a day or moment")
    .addOption(
      new Option("--level <name>", "at least this grave")
        .choices(["debug", "info", "warn", "error"])
        .default("info"),
    )
    .option("-n, --lines <number>", "so many of the last lines", "200");
  addCommon(logs, ["kiwi logs -f --part robot", "kiwi logs --order 8 --level debug"]).action(
    act(async (shell, flags: LogsFlags) => (await import("../trading/logs.ts")).logsCommand(shell, flags)),
  );
}

function declareKill(program: Command, act: Act): void {
  const kill = program
    .command("kill")
    .summary("stop trading, now, from anywhere")
    .description(
      "Latches the kill switch of one account or of all: it works without a configuration, a robot or a network, and holds until somebody lifts it. Then sees that no order is left at the venue.",
    )
    .option("--flatten", "close every position as well")
    .option("--reduce", "only open nothing new: orders and positions stay")
    .option("--account <name>", "this account alone")
    .option("--reason <text>", "why, for the record");
  addCommon(kill, ["kiwi kill", "kiwi kill --flatten --account demo"]).action(
    act(async (shell, flags: KillFlags) => (await import("../trading/kill.ts")).killCommand(shell, flags)),
  );
  const status = kill
    .command("status")
    .summary("every kill switch, who pulled it, and what the venue says")
    .option("--account <name>", "this account alone");
  addCommon(status, ["kiwi kill status", "kiwi kill status --json"]).action(
    act(async (shell, flags: KillFlags) =>
      (await import("../trading/kill.ts")).killStatusCommand(shell, flags),
    ),
  );
  const key = kill
    .command("key")
    .summary("make the key that lifts a kill switch")
    .option("--key <file>", "where its secret half is written");
  addCommon(key, ["kiwi kill key", "kiwi kill key --key /media/stick/kiwi.pem"]).action(
    act(async (shell, flags: KillKeyFlags) =>
      (await import("../trading/kill.ts")).killKeyCommand(shell, flags),
    ),
  );
  const reset = kill
    .command("reset")
    .summary("lift what was pulled; signed and for a reason")
    .option("--account <name>", "the switch of this account; without it the one for every account")
    .option("--key <file>", "the secret half of the key")
    .option("--reason <text>", "why it may be lifted, for the record")
    .option("--confirm <name>", "the account again, or all");
  addCommon(reset, [
    'kiwi kill reset --account demo --confirm demo --reason "feed is back"',
    'kiwi kill reset --confirm all --reason "drill is over"',
  ]).action(
    act(async (shell, flags: KillResetFlags) =>
      (await import("../trading/kill.ts")).killResetCommand(shell, flags),
    ),
  );
}
