import { timeframeMs } from "../../../domain/timeframe.ts";
import { dayMs } from "../../../base/time.ts";
import type { Trade } from "../../../domain/trade.ts";
import { metricDefinitions, type MetricKey } from "../../metrics/metric-definitions.ts";
import { tradeMetrics } from "../../metrics/trade-metrics.ts";
import { html, type Html } from "../html/html.ts";
import { tableHtml, typeset } from "../html/table.ts";
import { metricText } from "../metric-text.ts";
import { countText, moneyText } from "../number-text.ts";
import type { ReportInput } from "../report-input.ts";
import { entryHours, type EntryHour } from "../series/entry-hours.ts";

const sideKeys = [
  "trades",
  "winRate",
  "profitFactor",
  "expectancy",
  "payoffRatio",
  "grossProfit",
  "grossLoss",
  "averageWin",
  "averageLoss",
  "averageTradeReturn",
  "bestTrade",
  "worstTrade",
  "longestWinStreak",
  "longestLossStreak",
  "medianDurationMs",
  "averageBarsHeld",
] as const satisfies readonly (MetricKey & keyof ReturnType<typeof tradeMetrics>)[];

/** The metrics of trades for all of them, for those that were long and for those that were short. */
export function sideTable({ trades, baseCurrency }: Pick<ReportInput, "trades" | "baseCurrency">): Html {
  const groups = [trades, sideOf(trades, "long"), sideOf(trades, "short")].map(tradeMetrics);
  const definitionOf = new Map(metricDefinitions.map((definition) => [definition.key, definition]));
  return tableHtml({
    caption: `All trades, long and short; money in ${baseCurrency}`,
    columns: [{ label: "" }, ...["All", "Long", "Short"].map((label) => ({ label, isNumber: true }))],
    rows: sideKeys.map((key) => {
      const { label, unit } = definitionOf.get(key)!;
      return [label, ...groups.map((group) => metricText(unit, group[key]))];
    }),
  });
}

function sideOf(trades: readonly Trade[], side: Trade["side"]): readonly Trade[] {
  return trades.filter((trade) => trade.side === side);
}

const dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** What trades made by weekday and hour of their entry, as a table whose cells are coloured; nothing for bars of a day. */
export function entryHourTable({ trades, bars, baseCurrency }: ReportInput): Html | false {
  if (timeframeMs(bars[0]!.timeframe) >= dayMs) return false;
  const cells = entryHours(trades);
  const largest = Math.max(1e-9, ...cells.flat().map(({ pnl }) => Math.abs(pnl)));
  return html`<details class="folded">
    <summary>By weekday and hour of entry</summary>
    <p class="aside">
      Net profit in ${baseCurrency} of the trades entered in that hour (UTC), and how many; the deeper the
      colour, the larger. Few trades in a cell say nothing.
    </p>
    <div class="scroll" role="region" aria-label="Profit by weekday and hour of entry" tabindex="0">
      <table class="heat dense-heat">
        <caption class="unseen">
          Profit by weekday and hour of entry
        </caption>
        <thead>
          <tr>
            <th scope="col">UTC</th>
            ${cells[0]!.map((_, hour) => html`<th scope="col" class="number">${String(hour).padStart(2, "0")}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${cells.map(
            (row, day) =>
              html`<tr>
                <th scope="row">${dayNames[day]!}</th>
                ${row.map((cell) => hourCell(cell, largest))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function hourCell({ trades, pnl }: EntryHour, largest: number): Html {
  if (trades === 0) return html`<td class="number"></td>`;
  const heat = Math.sqrt(Math.abs(pnl) / largest).toFixed(2);
  return html`<td class="number ${pnl < 0 ? "lost" : "won"}" style="--heat:${heat}">
    ${typeset(Math.abs(pnl) < 1000 ? pnl.toFixed(0) : moneyText(pnl).replace(/\.\d+$/, ""))}
    <span class="interval">${countText(trades)}</span>
  </td>`;
}
