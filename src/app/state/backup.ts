import { createHash } from "node:crypto";
import {
  copyFileSync,
  createReadStream,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join, sep } from "node:path";
import { z } from "zod";
import { syncFolder, writeWhole } from "../../adapters/stores/runs/write-whole.ts";
import { KiwiError } from "../../base/errors.ts";
import { shellWord } from "../../base/shell-word.ts";

const manifestName = "backup.json";
const manifestForm = z.strictObject({
  schema: z.literal("kiwi-backup@1"),
  madeMs: z.number(),
  /** SHA-256 of every file, by its path with slashes. */
  files: z.record(z.string(), z.string()),
});

/** What a backup holds. */
export type Backup = { readonly folder: string; readonly sessions: number; readonly files: number };

/**
 * What is not taken along: locks and heartbeats belong to processes; an arm for live trading and the key that resets the kill
 * switch belong to a person at a machine; the database follows from the journals.
 */
const leftOut = /^(locks|armed)\/|^reset-key\.pem$|^state\.sqlite|\/heartbeat$|\.partial$/;

/**
 * Copies what belongs to accounts and sessions under `home` into a new folder, with a checksum of every file. Sessions may go
 * on meanwhile: a journal is whole up to its last whole record. Throws `BACKUP_EXISTS`.
 */
export async function backUp(home: string, folder: string, madeMs: number): Promise<Backup> {
  if (existsSync(folder))
    throw backupError("BACKUP_EXISTS", `${folder} is there already`, "a backup is never written over", {
      fix: `kiwi db backup ${shellWord(`${folder}-2`)}`,
    });
  const aside = `${folder}.partial`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  const files: Record<string, string> = {};
  for (const path of pathsUnder(home).filter((one) => !leftOut.test(one))) {
    const target = join(aside, path);
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    copyFileSync(join(home, path), target);
    files[path] = await sha256OfFile(target);
  }
  writeWhole(join(aside, manifestName), JSON.stringify({ schema: "kiwi-backup@1", madeMs, files }, null, 1));
  renameSync(aside, folder);
  syncFolder(dirname(folder));
  return { folder, sessions: sessionsOf(folder).length, files: Object.keys(files).length };
}

/**
 * Brings a backup back under `home`, after every checksum was found right; what is there and not in the backup stays.
 * Throws `BACKUP_DAMAGED` and, where a session of the backup is there already and is another one, `BACKUP_CONFLICT`.
 */
export async function restoreBackup(folder: string, home: string): Promise<Backup> {
  const files = await checkedFiles(folder);
  const held = new Set(sessionsOf(home));
  const conflicts: string[] = [];
  for (const id of sessionsOf(folder).filter((one) => held.has(one)))
    if (!isContinued(join(folder, "sessions", id), join(home, "sessions", id))) conflicts.push(id);
  if (conflicts.length > 0) throw conflict(folder, home, conflicts);
  for (const path of files) {
    const target = join(home, path);
    // A session that went on after the backup knows more than it.
    if (existsSync(target)) continue;
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    cpSync(join(folder, path), `${target}.partial`);
    renameSync(`${target}.partial`, target);
    syncFolder(dirname(target));
  }
  return { folder, sessions: sessionsOf(folder).length, files: files.length };
}

async function checkedFiles(folder: string): Promise<readonly string[]> {
  const manifest = readManifest(folder);
  for (const [path, wanted] of Object.entries(manifest.files)) {
    const isInside = !path.split("/").includes("..") && !path.startsWith("/");
    const found = isInside && existsSync(join(folder, path)) ? await sha256OfFile(join(folder, path)) : null;
    if (found !== wanted)
      throw backupError(
        "BACKUP_DAMAGED",
        `${join(folder, path)} is ${found === null ? "missing" : "not as it was written"}`,
        "its checksum in backup.json is another one; nothing was restored",
        { fix: "restore another backup: ls -d */backup.json   finds them" },
      );
  }
  return Object.keys(manifest.files);
}

function readManifest(folder: string): z.output<typeof manifestForm> {
  try {
    return manifestForm.parse(JSON.parse(readFileSync(join(folder, manifestName), "utf8")));
  } catch {
    throw backupError(
      "BACKUP_DAMAGED",
      `${folder} is no backup of Kiwi`,
      `it has no ${manifestName} that can be read`,
      {
        fix: "kiwi db backup FOLDER   makes one",
      },
    );
  }
}

/** Whether a journal begins with all of another: the session went on after the backup. */
function isContinued(backedUp: string, held: string): boolean {
  const [old, now] = [backedUp, held].map((folder) => {
    const path = join(folder, "journal");
    return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  }) as [Buffer, Buffer];
  return now.length >= old.length && now.subarray(0, old.length).equals(old);
}

function pathsUnder(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll(sep, "/"),
    )
    .toSorted();
}

function sessionsOf(folder: string): readonly string[] {
  const path = join(folder, "sessions");
  return existsSync(path) ? readdirSync(path) : [];
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

function conflict(folder: string, home: string, ids: readonly string[]): KiwiError {
  return backupError(
    "BACKUP_CONFLICT",
    `session ${ids.join(", ")} is in ${folder} and in ${home}, and they are not the same`,
    "the one that is there did not go on from the one in the backup; nothing was restored",
    {
      fix: `KIWI_HOME=${shellWord(`${home}-restored`)} kiwi db restore ${shellWord(folder)}   restores beside it`,
    },
  );
}

function backupError(
  code: string,
  message: string,
  why: string,
  { fix }: { readonly fix: string },
): KiwiError {
  return new KiwiError({ code, exit: "data", message, why, fix, topic: "db" });
}
