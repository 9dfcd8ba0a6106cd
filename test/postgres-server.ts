import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Client } from "pg";

const debianFolder = "/usr/lib/postgresql";

/** Where PostgreSQL's programs are, or null where it is not installed. */
function findPrograms(): string | null {
  const versions = existsSync(debianFolder)
    ? readdirSync(debianFolder).map((version) => join(debianFolder, version, "bin"))
    : [];
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...versions];
  return (
    folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres"))) ??
    null
  );
}

const programs = findPrograms();
type Owner = { readonly uid: number; readonly gid: number };

/** Who the server runs as: it refuses to run as root. Undefined where we may run it ourselves. */
const owner: Owner | null | undefined = process.getuid?.() === 0 ? ownerOf() : undefined;

function ownerOf(): Owner | null {
  try {
    const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { stdio: "pipe" }).toString());
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return null;
  }
}

/** Whether a real PostgreSQL can be started here; tests that need one skip visibly when it cannot. */
export const hasPostgres = programs !== null && owner !== null;

/** Ends the server at once, as a fall of its machine would, and starts it again over what it had written. */
type Restart = (during?: { readonly whileAway: () => Promise<void> }) => Promise<void>;

/** Runs a PostgreSQL of its own on a free port of this machine while `act` works with it, and removes it. */
export async function withPostgres(
  act: (connection: string, restart: Restart) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kiwi-postgres-"));
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const port = await freePort();
  const data = join(folder, "data");
  execFileSync(
    join(programs!, "initdb"),
    ["-D", data, "-U", "kiwi", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"],
    { ...owner, stdio: "pipe", cwd: folder },
  );
  const connection = `postgres://kiwi@127.0.0.1:${port}/postgres`;
  const start = async (): Promise<ChildProcess> => {
    const server = spawn(
      join(programs!, "postgres"),
      ["-D", data, "-p", String(port), "-c", "listen_addresses=127.0.0.1", "-k", folder, "-c", "fsync=off"],
      { ...owner, stdio: "ignore", cwd: folder },
    );
    await untilReady(connection);
    return server;
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const isGone = once(server, "exit");
    server.kill(signal);
    await isGone;
  };
  let server = await start();
  try {
    await act(connection, async (during) => {
      await end("SIGQUIT");
      await during?.whileAway();
      server = await start();
    });
  } finally {
    await end("SIGINT");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilReady(connectionString: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const client = new Client({ connectionString });
    try {
      await client.connect();
      return await client.end();
    } catch (cause) {
      if (attempt === 100) throw cause;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
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
