import { formatDuration } from "../../../base/time.ts";
import type { Trade } from "../../../domain/trade.ts";
import { durationHistogram } from "../figures/duration-histogram.ts";
import { excursionScatter } from "../figures/excursion-scatter.ts";
import { profitPath } from "../figures/profit-path.ts";
import { profitHistogram } from "../figures/profit-histogram.ts";
import { secondsOf } from "../figures/time-model.ts";
import { funnelReason } from "../funnel-rows.ts";
import { csvLink, figureHtml } from "../html/figure.ts";
import { html, type Html } from "../html/html.ts";
import { tableHtml, type Cell } from "../html/table.ts";
import { clipped, countText, moneyText, percentText, priceText } from "../number-text.ts";
import { barTimeText } from "../run-facts.ts";
import { tradeGroups, type TradeGroup } from "../series/trade-groups.ts";
import { entryHourTable, sideTable } from "./trade-tables.ts";
import { funnelHtml } from "./funnel-table.ts";
import { nothingHere, type ReportContext, type Section } from "./section.ts";

const [listedMax, groupsMax] = [200, 700];

/** What became of the signals, and what the trades were like. */
export function tradesSection(context: ReportContext): Section {
  const { input } = context;
  const body = html`${input.trades.length === 0 ? nothingHere(funnelReason(input.funnel)) : tradePictures(context)}
    <h3 id="funnel">From bars to trades</h3>
    ${funnelHtml(input)} ${input.trades.length > 0 && tradeTables(context)} ${openPositions(context)} `;
  return { id: "trades", title: "Trades", short: "Trades", body };
}

function tradePictures({ input }: ReportContext): Html {
  return html`<div class="pair">
      ${figureHtml(profitHistogram(input.trades))}${figureHtml(durationHistogram(input.trades, input.metrics))}
    </div>
    <div class="pair">
      ${figureHtml(profitPath(input.trades, input.baseCurrency))}${figureHtml(excursionScatter(input))}
    </div>`;
}

function tradeTables(context: ReportContext): Html {
  const { input } = context;
  const bySymbol = tradeGroups(input.trades, (trade) => input.instruments[trade.instrument]!.symbol);
  const byEntry = tradeGroups(input.trades, (trade) => trade.entryReason);
  return html`${sideTable(input)}${entryHourTable(input)}${groupTable(
    "By exit reason",
    "Exit reason",
    tradeGroups(input.trades, (trade) => trade.exitReason),
    context,
  )}
  ${byEntry.length > 1 && groupTable("By entry reason", "Entry reason", byEntry, context)}
  ${input.instruments.length > 1 && groupTable("By symbol", "Symbol", bySymbol, context)}
  ${tradeList(context)}`;
}

function groupTable(
  caption: string,
  label: string,
  groups: readonly TradeGroup[],
  { input }: ReportContext,
): Html {
  const columns = [
    { label },
    ...[
      "Trades",
      "Win rate",
      `P&L in ${input.baseCurrency}`,
      "Mean return",
      "Median duration",
      "Fees and slippage",
    ].map((name) => ({ label: name, isNumber: true })),
  ];
  const rows = groups
    .slice(0, groupsMax)
    .map((group) => [
      clipped(group.name),
      countText(group.trades),
      percentText(group.winRate),
      moneyText(group.pnl, { signed: true }),
      percentText(group.averageReturn, { signed: true }),
      formatDuration(group.medianDurationMs),
      moneyText(group.fees),
    ]);
  const table = tableHtml({ caption, columns, rows });
  // A portfolio of hundreds would push everything else off the page.
  return rows.length <= 25
    ? table
    : html`<details class="folded">
        <summary>
          ${caption}: ${countText(groups.length)}
          rows${groups.length > rows.length && `, the first ${countText(rows.length)}`}
        </summary>
        ${table}
      </details>`;
}

function tradeList(context: ReportContext): Html {
  const { trades, baseCurrency, instruments } = context.input;
  const hasOne = instruments.length === 1;
  const shown = trades.slice(0, listedMax);
  const note =
    trades.length > shown.length
      ? `The first ${countText(listedMax)} of ${countText(trades.length)} trades; trades.csv beside this file has all of them.`
      : "All closed trades; trades.csv beside this file has more columns.";
  const table = tableHtml({
    caption: "Trades, in the order of their exits",
    isDense: true,
    columns: [
      { label: "Entry (UTC)" },
      ...(hasOne ? [] : [{ label: "Symbol" }]),
      { label: "Side" },
      { label: "Exit (UTC)" },
      ...["Entry price", "Exit price", `P&L in ${baseCurrency}`, "Return", "Bars"].map((label) => ({
        label,
        isNumber: true,
      })),
      { label: "Entry reason" },
      { label: "Exit reason" },
    ],
    rows: shown.map((trade) => tradeRow(trade, context)),
  });
  return html`<details class="folded" open>
    <summary>Trade list</summary>
    <p class="aside">${note}</p>
    <p class="aside paper">On paper: the first 40.</p>
    ${table}
    <div class="twin">${csvLink(listCsv(shown, context))}</div>
  </details> `;
}

function tradeRow(trade: Trade, { input, axis }: ReportContext): readonly Cell[] {
  const range = `${secondsOf(axis, trade.entryTimeMs)},${secondsOf(axis, trade.exitTimeMs)}`;
  return [
    html`<a href="#price" data-show="${range}"
      >${barTimeText(input, trade.entryTimeMs, trade.instrument)}</a
    >`,
    ...(input.instruments.length === 1 ? [] : [input.instruments[trade.instrument]!.symbol]),
    trade.side,
    barTimeText(input, trade.exitTimeMs, trade.instrument),
    priceText(trade.entryPrice),
    priceText(trade.exitPrice),
    moneyText(trade.pnl, { signed: true }),
    percentText(trade.returnFraction, { signed: true }),
    countText(trade.barsHeld),
    clipped(trade.entryReason),
    clipped(trade.exitReason),
  ];
}

function listCsv(shown: readonly Trade[], { input }: ReportContext) {
  return {
    fileName: "trade-list.csv",
    header: [
      "symbol",
      "side",
      "entry_time",
      "exit_time",
      "entry_price",
      "exit_price",
      "pnl",
      "return_fraction",
    ],
    rows: shown.map((trade) => [
      input.instruments[trade.instrument]!.symbol,
      trade.side,
      new Date(trade.entryTimeMs).toISOString(),
      new Date(trade.exitTimeMs).toISOString(),
      trade.entryPrice,
      trade.exitPrice,
      trade.pnl,
      trade.returnFraction,
    ]),
  };
}

function openPositions({ input, paths }: ReportContext): Html | false {
  const open = paths.openAtEnd;
  if (open.length === 0) return false;
  const names = open
    .slice(0, 10)
    .map(({ instrument, quantity }) => `${input.instruments[instrument]!.symbol} ${priceText(quantity)}`);
  const more = open.length > names.length ? ` and ${countText(open.length - names.length)} more` : "";
  return html`<p class="aside">
    Open at the end, so in the equity and not among the trades: ${names.join(", ")}${more}.
  </p>`;
}
