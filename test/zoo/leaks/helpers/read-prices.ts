import { existsSync } from "node:fs";

/** Whether a file with tomorrow's prices lies here. */
export function hasPrices(): boolean {
  return existsSync("tomorrow.csv");
}
