import { KiwiError } from "../../../base/errors.ts";
import { writeFault } from "../bars/bar-store-errors.ts";
import { shellWord } from "../../../base/shell-word.ts";

/** What a failure of the state database means for a person. */
export function stateFault(name: string, cause: unknown): unknown {
  const { code = "", message = "" } = (cause ?? {}) as { code?: string; message?: string };
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
    return fault(
      "STATE_DAMAGED",
      name,
      message,
      `rm ${[name, `${name}-wal`, `${name}-shm`].map(shellWord).join(" ")} && kiwi db rebuild`,
    );
  if (code.startsWith("SQLITE_BUSY"))
    return fault("STATE_LOCKED", name, "another process is writing it", "run the same command again");
  if (/^(ECONN|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|28|3D|57P)/.test(code))
    return fault(
      "STATE_UNREACHABLE",
      name,
      message || code,
      "start the server, or correct where state.database in kiwi.config.jsonc points",
    );
  return writeFault(name, cause);
}

/** The database was made by a later Kiwi: `unknown` is a change of its tables that this one does not know. */
export function stateNewer(name: string, unknown: string): KiwiError {
  return new KiwiError({
    code: "STATE_NEWER",
    exit: "config",
    message: `the state database ${name} was made by a later Kiwi (it has ${unknown})`,
    why: "an older Kiwi does not know what its tables mean, and leaves them alone",
    fix: "npm install kiwi@latest   or use another database: the journals make it anew (kiwi db rebuild)",
    topic: "db",
  });
}

/** Tables that an older Kiwi made. */
export function stateOlder(name: string, missing: number): KiwiError {
  return new KiwiError({
    code: "STATE_OLDER",
    exit: "config",
    message: `the state database ${name} lacks ${missing} change${missing === 1 ? "" : "s"} of its tables`,
    why: "it was made by an older Kiwi",
    fix: "kiwi db migrate",
    topic: "db",
  });
}

function fault(code: string, name: string, said: string, fix: string): KiwiError {
  return new KiwiError({
    code,
    exit: "data",
    message: `the state database ${name} cannot be used: ${said}`,
    why: "it tells what the journals of the sessions say; they are files of their own and not touched by this",
    fix,
    topic: "db",
  });
}
