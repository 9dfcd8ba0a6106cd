// Planted: the file system through process.getBuiltinModule, without an import.
import { longAbove } from "../tape.ts";

const files = process.getBuiltinModule("node:fs");

export default longAbove("built-in-module", (close) => (files.existsSync("future.csv") ? close : close));
