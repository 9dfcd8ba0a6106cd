import { execFile } from "node:child_process";
import type { Clock } from "../../ports/clock.ts";

/** What the service manager is told. */
export type ServiceManager = {
  /** The robot runs. */
  ready(): void;
  /** It is going down by itself. */
  stopping(): void;
  /** No more signs of life. */
  close(): void;
};

/**
 * Tells systemd that a robot runs and, every half of `WatchdogSec`, that it still does, as sd_notify(3) says. Signs of
 * life come from the event loop: one that stands sends none and is restarted. Without systemd nothing happens.
 */
export function serviceManager(
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  isAlive: () => boolean,
): ServiceManager {
  if ((env["NOTIFY_SOCKET"] ?? "") === "") return { ready() {}, stopping() {}, close() {} };
  // Node speaks no datagrams over Unix sockets; systemd brings a program that does.
  const tell = (what: string): void =>
    void execFile(
      "systemd-notify",
      [what],
      { timeout: 5_000, env: { ...env, PATH: env["PATH"] ?? "" } },
      () => {},
    );
  const everyMs = Number(env["WATCHDOG_USEC"] ?? 0) / 1_000 / 2;
  let cancel = (): void => {};
  const beat = (): void => {
    if (isAlive()) tell("WATCHDOG=1");
    cancel = clock.schedule(everyMs, beat);
  };
  if (everyMs > 0) beat();
  return {
    ready: () => tell("READY=1"),
    stopping: () => tell("STOPPING=1"),
    close: () => cancel(),
  };
}
