import { keepCompiled } from "./compile-cache.ts";

keepCompiled();
const { interruptedExit } = await import("./interrupt.ts");
const { runCli } = await import("./run-cli.ts");
const { processShell } = await import("./shell.ts");
const exitCode = await runCli(processShell());
// Who interrupts does not want to wait for requests that are still on their way.
if (exitCode === interruptedExit) process.exit(exitCode);
process.exitCode = exitCode;
