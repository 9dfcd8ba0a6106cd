import { html, markup, type Html } from "../../analysis/report/html/html.ts";
import {
  clipped,
  countText,
  minuteText,
  moneyText,
  percentText,
  priceText,
} from "../../analysis/report/number-text.ts";
import { dayMs } from "../../base/time.ts";
import type { Explanation } from "../../robot/comparison/explain-difference.ts";
import type { ComparedDay, DayPart } from "../trading/comparison-book.ts";
import type { Digest, EquityPoint, SessionDigest } from "./digest-of.ts";

// Programs that show mail take neither scripts nor SVG nor style sheets: a chart is a table whose cells have a height, and
// every style stands at its element.
const font = "font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif";
const cell = "padding:4px 10px 4px 0;text-align:left;font-size:14px;vertical-align:top";
const quiet = "color:#6b7280;font-size:13px";
const good = "#15803d";
const bad = "#b91c1c";
const chartHeight = 90;
const rowsShown = 12;

/** A digest as a mail: one column that a telephone shows, readable without pictures. */
export function digestHtml(digest: Digest, title: string): string {
  const { fromMs, toMs, sessions } = digest;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light" />
        <title>${title}</title>
      </head>
      <body style="margin:0;background:#f3f4f6;${font};color:#111827">
        <div style="max-width:640px;margin:0 auto;padding:16px">
          <h1 style="font-size:20px;margin:8px 0">${title}</h1>
          <p style="${quiet};margin:0 0 12px">${minuteText(fromMs)} to ${minuteText(toMs)} UTC</p>
          ${alertsOf(digest)} ${quietOf(digest).map((line) => card(html`<p>${line}</p>`))}
          ${sessions.map(sessionCard)}
          <p style="${quiet}">
            Money in the base currency of each account. Made from the journals: kiwi db update, kiwi digest.
          </p>
        </div>
      </body>
    </html>`;
  return page.html.replaceAll(/\n\s+/g, "\n");
}

/** The same as lines, for those who read mail as text. */
export function digestText(digest: Digest): string {
  const { fromMs, toMs, sessions, alerts } = digest;
  const lines = [`${minuteText(fromMs)} to ${minuteText(toMs)} UTC`];
  lines.push(...quietOf(digest));
  for (const one of sessions) {
    lines.push("", headOf(one), ...figuresOf(one).map(([name, value]) => `  ${name}: ${value}`));
    for (const { symbol, quantity } of one.positions) lines.push(`  holds ${priceText(quantity)} ${symbol}`);
    for (const event of one.events.slice(0, rowsShown))
      lines.push(`  ${eventText(event, clipped(event.message))}`);
  }
  if (alerts.length > 0) lines.push("", "alerts");
  for (const { severity, title, count } of alerts)
    lines.push(`  ${severity}  ${title}${count > 1 ? ` (${count} times)` : ""}`);
  return lines.join("\n");
}

function eventText({ atMs, what, times }: SessionDigest["events"][number], message: string): string {
  return `${minuteText(atMs)}  ${what}${message === "" ? "" : `: ${message}`}${times > 1 ? ` (${times} times)` : ""}`;
}

/** What is said of a time in which nothing was traded, and of sessions that are not in it. */
function quietOf({ sessions, demos }: Digest): readonly string[] {
  const left = demos.map(
    ({ id, strategy }) =>
      `Not counted: session ${id} (${strategy}) of the demo, whose made-up market has times of its own   (kiwi status --session ${id})`,
  );
  if (sessions.length > 0) return left;
  return [
    demos.length > 0 ? "Only the demo traded in this time." : "No session traded in this time.",
    ...left,
  ];
}

/** What a mail about it is called: the sum of all sessions, and what needs somebody. */
export function digestTitle({ sessions, alerts }: Digest): string {
  const pnl = sessions.reduce((sum, one) => sum + (pnlOf(one) ?? 0), 0);
  const critical = alerts.filter(({ severity }) => severity === "critical").length;
  const made =
    sessions.length === 0
      ? "nothing traded"
      : `${moneyText(pnl, { signed: true })} in ${count(sessions.length, "session")}`;
  return `Kiwi: ${made}${critical > 0 ? `, ${count(critical, "critical alert")}` : ""}`;
}

function sessionCard(one: SessionDigest): Html {
  return card(html`
    <h2 style="font-size:16px;margin:0 0 4px">${headOf(one)}</h2>
    ${figureTable(figuresOf(one))} ${equityChart(one)} ${positionTable(one)} ${tradeTable(one)}
    ${list(
      "what was chosen",
      one.selections.map(({ timeMs, symbol, reason }) => `${minuteText(timeMs)}  ${symbol}  ${reason}`),
    )}
    ${list(
      "what did not go out",
      one.refusals.map(({ reason, count: times }) => `${times} times ${reason}`),
    )}
    ${list(
      "what went wrong or was ordered",
      one.events.map((event) => eventText(event, event.message)),
    )}
  `);
}

function headOf({ session }: SessionDigest): string {
  const { mode, isDemo, strategy, symbols, timeframe, id } = session;
  const kind = mode === "live" ? "LIVE" : isDemo === 1 ? "paper, synthetic market" : "paper";
  const all = JSON.parse(symbols) as readonly string[];
  const names = all.length <= 4 ? all.join(" ") : `${all.slice(0, 3).join(" ")} and ${all.length - 3} more`;
  return `${strategy}  ${names}  ${timeframe}  (${kind}, session ${id})`;
}

function pnlOf({ equityStart, equityEnd }: SessionDigest): number | null {
  return equityStart === null || equityEnd === null ? null : equityEnd - equityStart;
}

function figuresOf(one: SessionDigest): readonly (readonly [string, string])[] {
  const { session, equityStart, equityEnd, drawdown, fills, trades, comparison } = one;
  const pnl = pnlOf(one);
  const won = trades.filter((trade) => trade.pnl > 0).length;
  const rows: (readonly [string, string])[] = [
    [
      "profit",
      `${moneyText(pnl, { signed: true })} (${percentText(pnl === null ? null : pnl / equityStart!, { signed: true })})`,
    ],
    ["equity", moneyText(equityEnd)],
    ["largest fall", percentText(drawdown)],
    ["trades closed", trades.length === 0 ? "none" : `${trades.length}, ${won} of them won`],
    ["fills", countText(fills.length)],
  ];
  if (comparison !== null) rows.push(...comparisonRows(comparison));
  if (session.replayFailure !== null) rows.push(["not known", `equity and trades: ${session.replayFailure}`]);
  return rows;
}

/** What the backtest of the same bars made, and where the difference went: of the whole session and of its last day. */
function comparisonRows(comparison: ComparedDay): readonly (readonly [string, string])[] {
  const { matched, slippageMean, drift, today, day } = comparison;
  const prices = `${matched} orders at prices ${percentText(slippageMean, { signed: true })} dearer`;
  const rows: (readonly [string, string])[] = [
    ["beside its backtest", `${besideText(comparison)}${matched === 0 ? "" : `; ${prices}`}`],
    [`on ${minuteText(day * dayMs).slice(0, 10)}`, besideText(today)],
  ];
  if (drift !== null) rows.push(["THE COSTS NO LONGER FIT", drift]);
  return rows;
}

/** The smallest amount that a mail speaks of. */
const worthTelling = 0.005;

function besideText({ pnl, shadowPnl, explanation }: DayPart): string {
  const parts = Object.entries(explanation)
    .filter(([, part]) => Math.abs(part) >= worthTelling)
    .map(([name, part]) => `${partNames[name as keyof Explanation]} ${moneyText(part, { signed: true })}`);
  const difference = moneyText(pnl - shadowPnl, { signed: true });
  const why = parts.length === 0 ? "" : `: ${parts.join(", ")}`;
  return `${moneyText(pnl, { signed: true })} against ${moneyText(shadowPnl, { signed: true })}, ${difference}${why}`;
}

const partNames: Readonly<Record<keyof Explanation, string>> = {
  price: "prices",
  delay: "delay",
  fee: "fees",
  missed: "not filled",
  waited: "waited under our own switch",
  data: "decided otherwise",
  rest: "holding costs and corrections",
};

function figureTable(rows: readonly (readonly [string, string])[]): Html {
  return html`<table style="border-collapse:collapse">
    ${rows.map(
      ([name, value]) =>
        html`<tr>
          <td style="${cell};${quiet}">${name}</td>
          <td style="${cell}">${value}</td>
        </tr>`,
    )}
  </table>`;
}

/** Equity piece by piece: how far each stands above or below where the time began. */
function equityChart({ curve, equityStart }: SessionDigest): Html | null {
  if (equityStart === null || curve.length < 2) return null;
  const gains = curve.map(({ equity }) => equity - equityStart);
  const top = Math.max(0, ...gains);
  const bottom = Math.min(0, ...gains);
  const scale = chartHeight / Math.max(top - bottom, Number.MIN_VALUE);
  const first = curve[0]!;
  const last = curve.at(-1)!;
  return html`<table role="presentation" style="border-collapse:collapse;width:100%;margin:8px 0 0">
      <tr>
        ${gains.map((gain) => bar(gain, top, bottom, scale))}
      </tr>
    </table>
    <p style="${quiet};margin:2px 0 8px">
      profit since ${minuteText(first.timeMs)}: from ${moneyText(bottom, { signed: true })} to
      ${moneyText(top, { signed: true })}, at the end
      ${moneyText(last.equity - equityStart, { signed: true })}; least equity
      ${moneyText(Math.min(...curve.map(({ low }: EquityPoint) => low)))}
    </p>`;
}

/** One bar of a chart as a cell: room above, the bar, room below. */
function bar(gain: number, top: number, bottom: number, scale: number): Html {
  const up = Math.max(0, gain) * scale;
  const down = Math.max(0, -gain) * scale;
  const colour = gain >= 0 ? good : bad;
  const block = (height: number, style: string): Html =>
    height < 0.5 ? markup("") : html`<div style="height:${Math.round(height)}px;${style}"></div>`;
  return html`<td style="padding:0 1px 0 0;vertical-align:top">
    ${block(top * scale - up, "")}${block(up, `background:${colour}`)}
    <div style="height:1px;background:#9ca3af"></div>
    ${block(down, `background:${colour}`)}${block(-bottom * scale - down, "")}
  </td>`;
}

function positionTable({ positions }: SessionDigest): Html | null {
  if (positions.length === 0) return null;
  return rowsTable(
    ["holds", "quantity", "last price"],
    positions.map(({ symbol, quantity, lastPrice }) => [symbol, priceText(quantity), priceText(lastPrice)]),
  );
}

function tradeTable({ trades }: SessionDigest): Html | null {
  if (trades.length === 0) return null;
  const shown = trades.toSorted((a, b) => Math.abs(b.pnl) - Math.abs(a.pnl)).slice(0, rowsShown);
  const hidden = trades.length - shown.length;
  return html`${rowsTable(
    ["trade", "closed", "profit", "why it ended"],
    shown.map((trade) => [
      `${trade.side} ${trade.symbol}`,
      minuteText(trade.exitTimeMs),
      moneyText(trade.pnl, { signed: true }),
      clipped(trade.exitReason, 60),
    ]),
  )}${hidden > 0 ? html`<p style="${quiet}">and ${hidden} smaller ones</p>` : null}`;
}

function rowsTable(titles: readonly string[], rows: readonly (readonly string[])[]): Html {
  const line = (texts: readonly string[], style: string): Html =>
    html`<tr>
      ${texts.map((text) => html`<td style="${cell};${style}">${text}</td>`)}
    </tr>`;
  return html`<table style="border-collapse:collapse;margin:8px 0">
    ${line(titles, quiet)}${rows.map((row) => line(row, ""))}
  </table>`;
}

function list(title: string, lines: readonly string[]): Html | null {
  if (lines.length === 0) return null;
  const hidden = lines.length - rowsShown;
  return html`<p style="${quiet};margin:8px 0 2px">${title}</p>
    <ul style="margin:0;padding-left:18px;font-size:14px">
      ${lines.slice(0, rowsShown).map((line) => html`<li>${clipped(line)}</li>`)}
      ${hidden > 0 ? html`<li>and ${hidden} more</li>` : null}
    </ul>`;
}

function alertsOf({ alerts, undelivered }: Digest): Html | null {
  if (alerts.length + undelivered.length === 0) return null;
  return card(html`
    ${list(
      "alerts",
      alerts.map(
        ({ severity, title, count: times }) => `${severity}: ${title}${times > 1 ? ` (${times} times)` : ""}`,
      ),
    )}
    ${list(
      "reached nobody",
      undelivered.map(({ channel, atMs, why }) => `${minuteText(atMs)}  over ${channel}: ${why}`),
    )}
  `);
}

function card(content: Html): Html {
  return html`<div style="background:#ffffff;border:1px solid #e5e7eb;padding:12px 16px;margin:0 0 12px">
    ${content}
  </div>`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
