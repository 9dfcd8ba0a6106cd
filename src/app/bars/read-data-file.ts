import { readCsv } from "../../adapters/sources/csv/read-csv.ts";
import type { CsvOptions, CsvReading } from "../../adapters/sources/csv/csv-reading.ts";
import { KiwiError } from "../../base/errors.ts";
import type { Timeframe } from "../../domain/timeframe.ts";

/**
 * Reads a CSV file. Where its name does not say how long its bars are, or the rows show another length, `timeframe` is
 * tried; it beats the rows no more than a name does. Throws what the reader throws.
 */
export async function readDataFile(
  path: string,
  options: CsvOptions,
  timeframe: Timeframe | undefined,
): Promise<CsvReading> {
  try {
    return await readCsv(path, options);
  } catch (error) {
    const code = error instanceof KiwiError ? error.parts.code : "";
    if (timeframe === undefined || !/^CSV_TIMEFRAME_(UNKNOWN|CONFLICT)$/.test(code)) throw error;
    return readCsv(path, { ...options, timeframe });
  }
}
