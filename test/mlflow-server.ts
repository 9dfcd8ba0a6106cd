import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:net";

/** A Python with `mlflow` (and perhaps `onnxruntime`): `python3 -m venv ~/.cache/kiwi/mlflow`, then pip install both. */
const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
export const ownPython = join(cache, "kiwi", "mlflow", "bin", "python");

/** Whether that Python is there and knows a package; tests that need it skip visibly where it does not. */
export function pythonHas(name: string): boolean {
  if (!existsSync(ownPython)) return false;
  const asks = `import importlib.util, sys; sys.exit(importlib.util.find_spec(${JSON.stringify(name)}) is None)`;
  return spawnSync(ownPython, ["-c", asks]).status === 0;
}

/** A real MLflow server of its own on a free port. */
export async function openMlflow(): Promise<{ readonly uri: string; readonly close: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "kiwi-mlflow-"));
  const port = await freePort();
  const uri = `http://127.0.0.1:${port}`;
  const args = ["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", String(port), "--workers", "1"];
  const places = [
    "--backend-store-uri",
    `sqlite:///${folder}/db`,
    "--artifacts-destination",
    `${folder}/files`,
  ];
  // A group of its own: the server starts others, which end with it.
  const server = spawn(ownPython, [...args, ...places], { cwd: folder, stdio: "ignore", detached: true });
  for (let attempt = 0; !(await answers(`${uri}/health`)); attempt++) {
    if (attempt === 900 || server.exitCode !== null) throw new Error("mlflow does not come up");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return {
    uri,
    async close() {
      const gone = new Promise((resolve) => server.once("exit", resolve));
      process.kill(-server.pid!, "SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}
