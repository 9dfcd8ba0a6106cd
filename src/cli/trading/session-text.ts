import { isoText, moneyText, percentText, priceText } from "../../analysis/report/number-text.ts";
import { formatDuration } from "../../base/time.ts";
import type { SessionNote } from "../../app/trading/session-folder.ts";
import type { SessionStatus } from "../../app/trading/session-status.ts";
import { pairs, table } from "../output/table.ts";

/** A status older than this is that of a robot that hangs or is gone. */
export const freshMs = 5_000;
const linesShown = 6;
const columns = 80;
/** Where the values of the rows of a state begin. */
const rowIndent = 10;
const partsShown = 3;
/** Of the reason of the worst part so much is shown, in lines broken between words. */
const reasonLengthMax = 200;

/** A session on one screen of 80 columns: state, money, positions, orders, and why. */
export function sessionText(
  note: SessionNote,
  status: SessionStatus | null,
  isRunning: boolean,
  nowMs: number,
): string {
  const { mode, id, account, strategy, symbols, timeframe } = note;
  const kind = mode === "live" ? "LIVE: REAL MONEY" : "PAPER: play money";
  const head = [
    folded(
      `${kind}   session ${id}   account ${account}${note.isDemo ? "   SYNTHETIC MARKET" : ""}${partText(note)}`,
      0,
    ),
    folded(`${strategy}${paramsText(note)}   ${symbols.join(" ")}   ${timeframe}`, 0),
  ];
  if (status === null) return [...head, isRunning ? "it is starting" : "it has left no status"].join("\n");
  return [
    ...head,
    "",
    pairs(stateRows(status, isRunning, nowMs).map(([name, text]) => [name, folded(text, rowIndent)])),
    ...section("positions", positionsTable(status)),
    ...section("orders that work", withRest(ordersTable(status), status, note.mode)),
    ...section("symbols that open nothing", blockedLines(status)),
    ...section("orders that are not of this session", strangerLines(status, nowMs)),
    ...section("what was decided, and why", decisionsTable(status)),
    ...section("what was filled", fillsTable(status)),
    ...section("incidents", incidentLines(status)),
  ].join("\n");
}

/** What does not fit beside what stands before it begins a line of its own: a text breaks where three spaces are. */
function folded(text: string, indent: number): string {
  return text
    .split("\n")
    .flatMap((line) =>
      line
        .trim()
        .split("   ")
        .reduce<readonly string[]>((lines, piece) => {
          const last = lines.at(-1);
          const longer = last === undefined ? piece : `${last}   ${piece}`;
          if (last === undefined || indent + longer.length > columns) return [...lines, piece];
          return [...lines.slice(0, -1), longer];
        }, []),
    )
    .join(`\n${" ".repeat(indent)}`);
}

function partText({ part }: SessionNote): string {
  return part === null ? "" : `   ${part.name}, ${percentText(part.share)} of it when it began`;
}

function paramsText({ params }: SessionNote): string {
  const texts = Object.entries(params).map(([name, value]) => `${name}=${String(value)}`);
  return texts.length === 0 ? "" : ` (${texts.join(" ")})`;
}

function stateRows(
  status: SessionStatus,
  isRunning: boolean,
  nowMs: number,
): readonly (readonly [string, string])[] {
  const { robot, account, gauges, comparison } = status;
  const ageMs = nowMs - status.writtenMs;
  const age = ageMs > freshMs ? `   LAST HEARD ${formatDuration(ageMs)} AGO` : "";
  const running = isRunning ? robot.phase : "not running";
  const blocked = blockedIn(robot).map(({ symbol }) => symbol);
  const isNot = blocked.length === 0 ? "" : `, but NOT ${blocked.join(" ")} (below)`;
  const trading =
    robot.trading.state === "active"
      ? `active${isNot}`
      : `${robot.trading.state.toUpperCase()}: ${robot.trading.reason}`;
  const stale = gauges["stale-data"] ?? 0;
  const feed = stale > 0 ? `, bars ${formatDuration(stale)} overdue` : "";
  return [
    ["robot", `${running}${age}`],
    ["trading", trading],
    ["line", `${robot.line.kind}${feed}   last bar ${barText(robot.lastBarMs)}`],
    [
      "account",
      `equity ${moneyText(account.equity)}   day ${moneyText(account.dayPnl, { signed: true })} (${account.dayFills} fills)   free ${moneyText(account.marginAvailable ?? Number.NaN)}`,
    ],
    [
      "risk",
      `exposure ${percentText(account.exposureShare)}   VaR ${percentText(gauges["value-at-risk"] ?? null)}   drawdown ${percentText(gauges.drawdown ?? null)}`,
    ],
    [
      "orders",
      `sent ${robot.counts.sent}   fills ${robot.counts.fills}   refused by the venue ${robot.counts.refusedByVenue}   ${heldBackText(robot)}`,
    ],
    ["backtest", comparisonText(comparison)],
    ["parts", partsText(status.components)],
  ];
}

type HeldBack = Pick<SessionStatus["robot"], "counts"> & {
  /** Absent in what versions before wrote. */
  readonly heldBack?: SessionStatus["robot"]["heldBack"];
};

/** What never left: against a rule of the venue, or beyond a limit of ours. */
function heldBackText({ counts, heldBack }: HeldBack): string {
  const { refused, trimmed } = heldBack ?? { refused: 0, trimmed: 0 };
  const held = `held back here ${counts.refusedHere + refused}`;
  return trimmed === 0 ? held : `${held}, made smaller ${trimmed}`;
}

function comparisonText(comparison: SessionStatus["comparison"]): string {
  if (comparison === null || comparison.matched === 0) return "beside it; nothing to compare yet";
  const { matched, slippageMean, pnl, shadowPnl, drift } = comparison;
  const prices = percentText(slippageMean, { signed: true });
  const text = `${matched} fills, prices ${prices} worse   made ${moneyText(pnl, { signed: true })}, backtest ${moneyText(shadowPnl, { signed: true })}`;
  return drift === null ? text : `${text}   DRIFT: ${drift}`;
}

/** How many parts there are, and which are not as they should be; more does not fit on a line. */
function partsText(components: SessionStatus["components"]): string {
  const said = components.flatMap(({ id, state, condition }) =>
    state === "off" ? [`${id} off`] : condition === "ok" ? [] : [`${id} ${condition}`],
  );
  if (components.length === 0) return "closed";
  if (said.length === 0) return `${components.length}, all well`;
  // The reason of the worst saves a second command.
  const worst = components.find(({ condition }) => condition === "failed") ?? components.find(isWeak);
  const line = `${said.slice(0, partsShown).join(", ")}   (kiwi components --session last)`;
  return worst === undefined ? line : `${line}\n${wrapped(`${worst.id}: ${worst.detail}`)}`;
}

/** A reason in lines as wide as a row has room; more than `reasonLengthMax` ends with dots. */
function wrapped(reason: string): string {
  const text = reason.length > reasonLengthMax ? `${reason.slice(0, reasonLengthMax - 3)}...` : reason;
  return text
    .split(/\s+/)
    .reduce<readonly string[]>((lines, word) => {
      const longer = `${lines.at(-1) ?? ""} ${word}`.trim();
      return lines.length === 0 || longer.length > columns - rowIndent
        ? [...lines, word]
        : [...lines.slice(0, -1), longer];
    }, [])
    .join("\n");
}

function isWeak({ state, condition }: SessionStatus["components"][number]): boolean {
  return state !== "off" && condition === "degraded";
}

function section(title: string, lines: string): readonly string[] {
  return lines === "" ? [] : ["", title, lines];
}

function positionsTable({ account, robot }: SessionStatus): string {
  const held = account.positions.filter(({ quantity }) => quantity !== 0);
  if (held.length === 0) return "";
  return table(
    [
      { title: "  symbol" },
      { title: "quantity", align: "right" },
      { title: "value", align: "right" },
      { title: "share", align: "right" },
      { title: "unrealized", align: "right" },
      { title: "why" },
    ],
    held.map(({ symbol, quantity, value, share, unrealizedPnl }) => [
      `  ${symbol}`,
      quantityText(quantity),
      moneyText(value),
      percentText(share),
      moneyText(unrealizedPnl, { signed: true }),
      robot.positions.find((one) => one.symbol === symbol)?.reason ?? "",
    ]),
  );
}

function ordersTable({ robot }: SessionStatus): string {
  return robot.orders.length === 0
    ? ""
    : table(
        [
          { title: "  id" },
          { title: "symbol" },
          { title: "side" },
          { title: "quantity", align: "right" },
          { title: "status" },
          { title: "why" },
        ],
        robot.orders
          .slice(-linesShown)
          .map(({ id, symbol, side, quantity, status, reason }) => [
            `  ${id}`,
            symbol,
            side,
            quantityText(quantity),
            status,
            reason,
          ]),
      );
}

/** What is not shown is not left out in silence: an old stop may be among it. */
function withRest(shown: string, { robot }: SessionStatus, mode: SessionNote["mode"]): string {
  const rest = robot.orders.length - linesShown;
  return rest > 0
    ? `${shown}\n  and ${rest} before these: kiwi ${mode} orders   lists what works at the venue`
    : shown;
}

/** Symbols in which nothing is opened; what versions before wrote does not say. */
function blockedIn({ positions }: SessionStatus["robot"]): SessionStatus["robot"]["positions"] {
  return positions.filter(({ blocked }) => (blocked ?? null) !== null);
}

function blockedLines({ robot }: SessionStatus): string {
  return blockedIn(robot)
    .map(({ symbol, blocked: why }) => `  ${symbol}  ${why}`)
    .join("\n");
}

/** What stands in the way of a symbol, for how long, and what a person can do about it. */
function strangerLines({ robot }: SessionStatus, nowMs: number): string {
  return (robot.strangers ?? [])
    .map(({ symbol, order, earlierSession, sinceMs, fix }) => {
      const since = `  ${order}, here for ${formatDuration(nowMs - sinceMs)}`;
      return earlierSession === null
        ? `${since}: nothing is opened in ${symbol} while it works\n    ${fix}`
        : `${since}: of the session ${earlierSession}, until this one sends an order in ${symbol}`;
    })
    .join("\n");
}

function decisionsTable({ decisions }: SessionStatus): string {
  return decisions
    .slice(-linesShown)
    .map(
      ({ timeMs, symbol, what, quantity, reason }) =>
        `  ${clockText(timeMs)}  ${symbol}  ${what} ${quantityText(quantity)}: ${reason}`,
    )
    .join("\n");
}

function fillsTable({ fills }: SessionStatus): string {
  return fills
    .slice(-linesShown)
    .map(
      ({ timeMs, symbol, quantity, price }) =>
        `  ${clockText(timeMs)}  ${symbol}  ${quantity > 0 ? "bought" : "sold"} ${Math.abs(quantity)} at ${priceText(price)}`,
    )
    .join("\n");
}

function incidentLines({ robot }: SessionStatus): string {
  return robot.incidents
    .slice(-3)
    .map(
      ({ atMs, gravity, message, times, sinceMs = atMs }) =>
        `  ${clockText(atMs)}  ${gravity === "alarm" ? "ALARM " : ""}${message}` +
        (times === undefined ? "" : `   (${times} times since ${clockText(sinceMs)})`),
    )
    .join("\n");
}

/** The time of day, UTC. */
export function clockText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(11, 19);
}

/** Ten digits say what a person can compare; the rest is rounding of the machine. */
export function quantityText(quantity: number): string {
  return String(Number(quantity.toPrecision(10)));
}

/** When the newest bar closed. What is no number comes back from a file as null. */
export function barText(lastBarMs: number | null): string {
  return lastBarMs === null || Number.isNaN(lastBarMs) ? "none yet" : isoText(lastBarMs);
}
