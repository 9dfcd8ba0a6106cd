import { keepCompiled } from "./compile-cache.ts";

keepCompiled();
const { runCli } = await import("./run-cli.ts");
const { processShell } = await import("./shell.ts");
process.exitCode = await runCli(processShell());
