import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { UnsyncedDisk, type Loss } from "./unsynced-disk.ts";

// A disk under one folder that dies or fails at the operation that a test names. It stands between Kiwi and `node:fs`,
// in this process: a program that dies stops changing the disk from that operation on, whatever it tries afterwards.

/** What happens at an operation. */
export type Fault =
  /** The program dies before it; everything later fails as well and changes nothing. */
  | { readonly kind: "kill"; readonly at: number }
  /** The program dies in the middle of a write: half of the bytes are there. */
  | { readonly kind: "torn"; readonly at: number }
  /** The power fails before it: what was not synced is lost, as far as the fault says. */
  | { readonly kind: "power"; readonly at: number; readonly loss: Loss }
  /** The operation fails, once or for good. */
  | { readonly kind: "fail"; readonly at: number; readonly code: string; readonly isSticky: boolean };

/** What a program did to a disk. */
export type DiskUse = {
  /** Operations that change something, in order: what and where. */
  readonly operations: readonly string[];
  /** Whether the fault was met. */
  readonly isMet: boolean;
};

/** Thrown by every operation of a program that is dead. */
export class Killed extends Error {
  override readonly name = "Killed";
  readonly code = "KILLED";
}

type Operation = (...args: never[]) => unknown;
type State = {
  readonly folder: string;
  readonly fault: Fault | null;
  /** What would be lost; kept only where the power fails. */
  readonly unsynced: UnsyncedDisk | null;
  operations: string[];
  isMet: boolean;
  isDead: boolean;
};

let state: State | null = null;

/** Runs a program over a folder with a fault; errors of the program are its own and thrown on. */
export async function onFaultyDisk<T>(
  folder: string,
  fault: Fault | null,
  program: () => Promise<T>,
): Promise<{ readonly use: DiskUse; readonly outcome: { readonly value: T } | { readonly error: unknown } }> {
  install();
  const unsynced = fault?.kind === "power" ? new UnsyncedDisk(folder) : null;
  const mine: State = { folder, fault, unsynced, operations: [], isMet: false, isDead: false };
  state = mine;
  try {
    const outcome = await program().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    return { use: { operations: mine.operations, isMet: mine.isMet }, outcome };
  } finally {
    state = null;
  }
}

/** Counts an operation; what it returns is to be done instead of the operation, null for the operation itself. */
function meet(name: string, path: unknown): "torn" | null {
  if (state === null || !String(path).startsWith(state.folder)) return null;
  if (state.isDead) throw new Killed("the program is dead");
  state.operations.push(`${name} ${String(path).slice(state.folder.length + 1)}`);
  const { fault } = state;
  const count = state.operations.length;
  if (fault === null || count < fault.at) return null;
  if (fault.kind === "fail") {
    if (count > fault.at && !fault.isSticky) return null;
    state.isMet = true;
    throw Object.assign(new Error(`${fault.code}: the disk fails, ${name}`), { code: fault.code });
  }
  state.isMet = true;
  state.isDead = true;
  if (fault.kind === "power") losePower(state, fault.loss);
  if (fault.kind === "torn" && name === "write") return "torn";
  throw new Killed("the program is dead");
}

/** Meanwhile nobody stands before the disk: node:fs uses its own functions by their names. */
function losePower(mine: State, loss: Loss): void {
  state = null;
  mine.unsynced!.lose(loss);
  state = mine;
}

/** Takes note of an operation that was done. */
function done(name: string, path: unknown, to?: unknown): void {
  if (state === null || state.isDead || !String(path).startsWith(state.folder)) return;
  state.unsynced?.note(name, String(path), typeof to === "string" ? to : null);
}

let isInstalled = false;

/** Puts the disk in the place of `node:fs`, once; without a program on it, it does nothing. */
function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  for (const name of ["rename", "rm", "mkdir", "unlink", "writeFile", "truncate"] as const)
    wrap(fs.promises, name);
  for (const name of ["renameSync", "rmSync", "mkdirSync", "unlinkSync", "writeFileSync"] as const)
    wrap(fs, name);
  wrapOpen();
  wrapSyncFiles();
  syncBuiltinESMExports();
}

function wrap<Name extends string>(holder: Record<Name, unknown>, name: Name): void {
  const original = holder[name] as Operation;
  const word = name.replace("Sync", "");
  holder[name] = function (this: unknown, ...args: never[]): unknown {
    const [path, to] = args as readonly unknown[];
    if (name.endsWith("Sync")) {
      meet(word, path);
      state?.unsynced?.before(word, path);
      const value = original.apply(this, args);
      done(word, path, to);
      return value;
    }
    // Whoever waits for a promise gets one that is refused.
    return (async () => {
      meet(word, path);
      state?.unsynced?.before(word, path);
      const value = await original.apply(this, args);
      done(word, path, to);
      return value;
    })();
  };
}

const isWriting = (flags: unknown): boolean => typeof flags === "string" && flags !== "r" && flags !== "rs";

function wrapOpen(): void {
  const { open } = fs.promises;
  fs.promises.open = async (path, flags, mode) => {
    // Opening for writing makes or empties a file.
    if (isWriting(flags) && flags !== "r+") meet("create", path);
    const file = await open(path, flags, mode);
    const writeFile = file.writeFile.bind(file);
    file.writeFile = async (data, options) => {
      const torn = meet("write", path);
      if (torn === null) return writeFile(data, options);
      // Kiwi writes text through handles.
      const text = typeof data === "string" ? data : "";
      await writeFile(text.slice(0, text.length >> 1), options);
      throw new Killed("the program is dead");
    };
    const write = file.write.bind(file) as Operation;
    file.write = (async (...args: never[]) => {
      meet("write", path);
      return write(...args);
    }) as typeof file.write;
    for (const name of ["sync", "truncate"] as const) {
      const original = file[name].bind(file) as Operation;
      file[name] = (async (...args: never[]) => {
        meet(name, path);
        await original(...args);
        done(name, path);
      }) as never;
    }
    return file;
  };
}

/** Runs are written synchronously, through numbers of files. */
function wrapSyncFiles(): void {
  const paths = new Map<number, unknown>();
  const { openSync, writeSync, fsyncSync, fdatasyncSync, ftruncateSync, closeSync } = fs;
  fs.openSync = (path, flags, mode) => {
    if (isWriting(flags)) meet("create", path);
    const file = openSync(path, flags, mode);
    paths.set(file, path);
    return file;
  };
  fs.writeSync = ((file: number, ...rest: never[]) => {
    if (meet("write", paths.get(file)) === "torn") {
      const [bytes] = rest as readonly unknown[];
      if (bytes instanceof Uint8Array) writeSync(file, bytes.subarray(0, bytes.length >> 1));
      throw new Killed("the program is dead");
    }
    return (writeSync as Operation)(file as never, ...rest);
  }) as typeof fs.writeSync;
  fs.fsyncSync = (file) => {
    meet("sync", paths.get(file));
    fsyncSync(file);
    done("sync", paths.get(file));
  };
  fs.fdatasyncSync = (file) => {
    meet("sync", paths.get(file));
    fdatasyncSync(file);
    done("sync", paths.get(file));
  };
  fs.ftruncateSync = (file, length) => {
    meet("truncate", paths.get(file));
    ftruncateSync(file, length);
  };
  fs.closeSync = (file) => {
    paths.delete(file);
    closeSync(file);
  };
}
