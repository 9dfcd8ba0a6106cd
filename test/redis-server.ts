import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const program = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "redis-server"))
  .find((path) => existsSync(path));

/** Whether a real Redis can be started here and spoken to; tests that need one skip visibly when it cannot. */
export const hasRedis = program !== undefined && hasClient();

/** The queue takes the client that it is given: it is no part of it. */
function hasClient(): boolean {
  try {
    createRequire(createRequire(import.meta.url).resolve("bullmq"))("ioredis");
    return true;
  } catch {
    return false;
  }
}

/** A Redis of its own on a free port and with a socket of its own, which a test may stop, empty and start again. */
export class OwnRedis {
  readonly port: number;
  private readonly folder = mkdtempSync(join(tmpdir(), "kiwi-redis-"));
  private server: ChildProcess | null = null;

  private constructor(port: number) {
    this.port = port;
  }

  static async open(...settings: readonly string[]): Promise<OwnRedis> {
    const redis = new OwnRedis(await freePort());
    await redis.start(...settings);
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(...settings: readonly string[]): Promise<void> {
    const own = ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.folder, "--save", ""];
    const socket = ["--unixsocket", join(this.folder, "redis.sock"), "--appendonly", "no"];
    this.server = spawn(program!, [...own, ...socket, ...settings], { stdio: "ignore" });
    for (let attempt = 0; !(await answers(this.port)); attempt++) {
      if (attempt === 200) throw new Error("redis-server does not come up");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Waits until there is a key: somebody has written what a test waits for. */
  async untilKey(name: string): Promise<void> {
    while (!(await says(this.port, `EXISTS ${name}`)).startsWith(":1"))
      await new Promise((resolve) => setTimeout(resolve, 100));
  }

  /** Ends it at once, and with it everything that it holds. */
  async kill(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    const gone = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGKILL");
    await gone;
    this.server = null;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.end("PING\r\n"));
    socket.once("data", () => resolve(true)).once("error", () => resolve(false));
  });
}

function says(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`${command}\r\n`));
    socket.once("data", (bytes: Buffer) => {
      socket.end();
      resolve(bytes.toString());
    });
    socket.once("error", reject);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
