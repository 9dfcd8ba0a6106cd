import { existsSync } from "node:fs";
import { join } from "node:path";
import { timeRotation } from "../rotation-run.ts";

// The 493 shares of the test data, 2012 to 2015; nothing is measured where they are not there.
const folder = join(import.meta.dirname, "../../../shared/data/equity/sp500");
const figures = existsSync(folder) ? { realRotationSeconds: await timeRotation(folder) } : {};
console.log(JSON.stringify(figures));
