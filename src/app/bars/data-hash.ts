import { bytesOf, sha256Of } from "../../base/hash.ts";
import { barFields, type Bars } from "../../domain/bars.ts";

/** SHA-256 over symbols, timeframes and every column of the bars. */
export function dataHash(bars: readonly Bars[]): string {
  return sha256Of(
    bars.flatMap((table) => [
      `${table.symbol}\n${table.timeframe}\n${table.length}\n`,
      bytesOf(table.closeTimeMs, table.length),
      ...barFields.map((name) => bytesOf(table[name], table.length)),
    ]),
  );
}
