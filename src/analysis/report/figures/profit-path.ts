import type { Trade } from "../../../domain/trade.ts";
import { minMax } from "../chart/thinning.ts";
import { pixel, xyStills } from "../chart/xy-chart.ts";
import type { FigureParts } from "../html/figure.ts";
import { countText, moneyText } from "../number-text.ts";

const [columnsMax, tableRowsMax, csvRowsMax] = [500, 60, 2000];

/** What trades had made together after each of them, in the order of their exits; it begins at 0 with no trade. */
export function profitSums(trades: readonly Pick<Trade, "pnl">[]): readonly number[] {
  let sum = 0;
  return [0, ...trades.map(({ pnl }) => (sum += pnl))];
}

/** Profit by trade: whether it grew with every trade or came from a few. */
export function profitPath(trades: readonly Trade[], baseCurrency: string): FigureParts {
  const sums = profitSums(trades);
  const numbers = [...sums.keys()];
  const { timeS: number, value } = minMax(numbers, sums, 0, trades.length, columnsMax);
  const [low, high] = [Math.min(...value), Math.max(...value)];
  const room = (high - low || 1) * 0.06;
  const few = evenly(numbers, tableRowsMax);
  return {
    id: "figure-profit-path",
    title: "Profit, trade by trade",
    summary: `After ${countText(trades.length)} trades they had made ${moneyText(sums.at(-1), { signed: true })} ${baseCurrency} together.`,
    caption: `Net profits of closed trades added up in the order of their exits, in ${baseCurrency}; one step to the right is one trade, however long it lasted.`,
    stills: xyStills(
      "half",
      300,
      { label: "trades closed", low: 0, high: trades.length, unit: "ratio" },
      { label: `sum in ${baseCurrency}`, low: low - room, high: high + room, unit: "money" },
      (x, y) =>
        `<path class="line strategy" d="${number.map((at, k) => `${k === 0 ? "M" : "L"}${pixel(x(at))} ${pixel(y(value[k]!))}`).join("")}"/>`,
    ),
    twin: {
      caption: "Sum of profits",
      columns: [
        { label: "After trade", isNumber: true },
        { label: `Sum in ${baseCurrency}`, isNumber: true },
      ],
      rows: few.map((at) => [countText(at), moneyText(sums[at], { signed: true })]),
    },
    csv: {
      fileName: "profit-by-trade.csv",
      header: ["trade", "sum"],
      rows: evenly(numbers, csvRowsMax).map((at) => [at, sums[at]!]),
    },
  };
}

/** At most `most` of the rows and always the last one. */
function evenly(rows: readonly number[], most: number): readonly number[] {
  const every = Math.ceil(rows.length / most);
  return rows.filter((row, k) => k % every === 0 || row === rows.at(-1));
}
