import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Compiling the source anew costs a third of a second at every start; without a place to write, it just does.
enableCompileCache(join(import.meta.dirname, "..", "..", "node_modules", ".cache", "kiwi"));

const { runCli } = await import("./run-cli.ts");
const { processShell } = await import("./shell.ts");
process.exitCode = await runCli(processShell());
