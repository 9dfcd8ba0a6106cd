import type { FromEngineProcess, ToEngineProcess } from "./engine-messages.ts";
import { EngineThread } from "./engine-thread.ts";

// The other side of engine-process.ts: it watches the thread of an engine, and ends with the robot that started it.
const aliveEveryMs = 2_000;
const say = (message: FromEngineProcess): void => void process.send!(message, () => {});
let thread: EngineThread | null = null;

process.on("disconnect", () => process.exit());
// A terminal or a service manager sends these to all processes: the robot hears them, and ends this one when it has no more need.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
setInterval(() => say({ kind: "alive" }), aliveEveryMs);

process.on("message", (message: ToEngineProcess) => {
  if (message.kind === "begin") {
    const { builder, making, environment, limits } = message;
    thread = new EngineThread(
      { builder: new URL(builder), making, environment },
      limits,
      ({ message: why }) => say({ kind: "gone", why }),
      (megabytes) => say({ kind: "large", megabytes }),
    );
    return;
  }
  thread!.ask(message.question).then(
    (answer) => say({ kind: "answer", answer }),
    // Its end is told.
    () => {},
  );
});
