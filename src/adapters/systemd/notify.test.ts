import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { systemClock } from "../system-clock.ts";
import { serviceManager } from "./notify.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-notify-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

/** A service manager's end of the socket: writes every datagram into a file, a line each. */
const listener = `
import socket, sys
end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
end.bind(sys.argv[1])
print("bound", flush=True)
while True:
    text = end.recv(4096).decode()
    open(sys.argv[2], "a").write(text.replace("\\n", " ") + "\\n")
`;

test.skipIf(!has("systemd-notify") || !has("python3"))(
  "a robot says that it runs, and goes on saying so while it is alive",
  async () => {
    const [socket, heard, script] = ["socket", "heard", "listener.py"].map((name) => join(folder, name));
    writeFileSync(script!, listener);
    writeFileSync(heard!, "");
    const manager = spawn("python3", [script!, socket!, heard!], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await new Promise((resolve) => manager.stdout.once("data", resolve));
      let isAlive = true;
      const env = { ...process.env, NOTIFY_SOCKET: socket!, WATCHDOG_USEC: "200000" };
      const service = serviceManager(env, systemClock, () => isAlive);
      service.ready();
      const lines = (): readonly string[] => readFileSync(heard!, "utf8").split("\n").filter(Boolean);
      const count = (word: string) => lines().filter((line) => line.includes(word)).length;
      await expect.poll(() => count("READY=1"), { timeout: 20_000 }).toBe(1);
      await expect.poll(() => count("WATCHDOG=1"), { timeout: 20_000 }).toBeGreaterThan(2);
      isAlive = false;
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const before = count("WATCHDOG=1");
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(count("WATCHDOG=1")).toBe(before);
      service.stopping();
      await expect.poll(() => count("STOPPING=1"), { timeout: 20_000 }).toBe(1);
      service.close();
    } finally {
      manager.kill();
    }
  },
  90_000,
);

test("without systemd nothing is told and nothing is waited for", () => {
  const service = serviceManager({}, { nowMs: () => 0, schedule: () => expect.unreachable() }, () => true);
  service.ready();
  service.stopping();
  service.close();
});
