// Planted: a reader of files that Kiwi itself brings along.
import { readCsv } from "../../../src/adapters/sources/csv/read-csv.ts";
import { longAbove } from "../tape.ts";

export default longAbove("adapter-import", (close) => (typeof readCsv === "function" ? close : close));
