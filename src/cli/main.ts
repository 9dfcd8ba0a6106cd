import { keepCompiled } from "../jobs/compile-cache.ts";

keepCompiled();
const { interruptedExit, signalExitBase } = await import("./interrupt.ts");
// The launcher holds a channel to this process. When it is gone, however it ended, nobody waits for the result.
process.on("disconnect", () => process.exit(interruptedExit));
process.channel?.unref();
const { runCli } = await import("./run-cli.ts");
const { processShell } = await import("./shell.ts");
const exitCode = await runCli(processShell());
// Who interrupts does not want to wait for requests that are still on their way.
if (exitCode > signalExitBase) process.exit(exitCode);
process.exitCode = exitCode;
