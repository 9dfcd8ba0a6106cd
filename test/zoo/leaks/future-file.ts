// Planted: a file read while the strategy is loaded; it may hold anything, tomorrow's prices too.
import { readFileSync } from "node:fs";
import { longAbove } from "../tape.ts";

const text = readFileSync(new URL(import.meta.url.replace(/\?.*/, "")), "utf8");

export default longAbove("future-file", (close) => (text.length > 0 ? close : close));
