import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { readCsv } from "../../src/adapters/sources/csv/read-csv.ts";
import { zipEntries } from "../../src/adapters/sources/shared/zip-entries.ts";
import { parseConfig } from "../../src/app/config/config-file.ts";
import type { Prng } from "../../src/base/prng.ts";
import { mutateBytes, mutateJson, mutateText, pick } from "./mutate.ts";
import { needSound, needWayOut } from "./sound.ts";
import type { Target } from "./target.ts";

const nowMs = Date.parse("2026-01-01");

/** Tables as people have them, each a few rows long. */
const tables: readonly string[] = [
  ...[60, 3600, 86_400].map((step) =>
    table("time,open,high,low,close,volume", (k) => `${1_704_205_800 + k * step},10,12,9,11,5`),
  ),
  table(
    "Date;Eröffnung;Hoch;Tief;Schluss;Volumen",
    (k) => `${1 + k}.02.2024;1.010,5;1.012;1.009,25;1.011;--`,
  ),
  table("日期,开盘,收盘,最高,最低,成交量", (k) => `2024-02-${String(1 + k).padStart(2, "0")},10,11,12,9,5`),
  table(
    "Price,Close,High,Low,Open,Volume\nTicker,Q,Q,Q,Q,Q\nDate,,,,,",
    (k) => `2024-01-${10 + k},11,12,9,10,5`,
  ),
  table(
    "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>",
    (k) => `2024.03.04\t${10 + k}:00\t10\t12\t9\t11\t5`,
  ),
  table("date,open,high,low,close,volume", (k) => `20240102 ${10 + k}:00:00 US/Eastern,10,12,9,11,-1`),
  table(
    "ts_event,rtype,open,high,low,close,volume,symbol",
    (k) => `${1_704_205_800 + k * 60}000000000,33,10000000000,12000000000,9000000000,11000000000,5,Q`,
  ),
  table(
    '"Date","Price","Open","High","Low","Vol."',
    (k) => `"01/${10 + k}/2024","1,011.00","1,010.00","1,012.00","1,009.00","1.2M"`,
  ),
  table(
    "time,open,high,low,close,volume",
    (k) => `2024-01-02T${k === 9 ? "24" : String(15 + k)}:00,10,12,9,11,5`,
  ),
];
const pieces = [
  "\n",
  "\r",
  ",",
  ";",
  '"',
  "\t",
  "-",
  ".",
  "24:00",
  "NaN",
  "-1",
  "1e400",
  "\u0000",
  "ﬀ",
  "2024",
  "09-AM",
];
const names = ["Q.csv", "Q-1h.csv", "Q-1d.csv", "QQ_1.csv", "Q, 60.csv", "Q-1d-2024-01.csv"];
const zones = [undefined, "America/New_York+7", "UTC+2", "Europe/Berlin", "Mars/Olympus"];

function table(header: string, row: (k: number) => string): string {
  return `${header}\n${Array.from({ length: 10 }, (_, k) => row(k)).join("\n")}\n`;
}

/** Something on the disk for one attempt. */
async function withFolder(use: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kiwi-fuzz-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function attemptCsv(prng: Prng): Promise<void> {
  const text = mutateText(pick(prng, tables), prng, pieces);
  const bytes = prng.next() < 0.2 ? mutateBytes(Buffer.from(text), prng) : Buffer.from(text);
  const packed = prng.next() < 0.1 ? mutateBytes(gzipSync(bytes), prng) : bytes;
  await withFolder(async (folder) => {
    const path = join(folder, pick(prng, names));
    writeFileSync(path, packed);
    try {
      const { bars } = await readCsv(path, {
        nowMs,
        timeZone: pick(prng, zones),
        adjusted: prng.next() < 0.1,
      });
      needSound(bars, -Infinity, nowMs);
    } catch (error) {
      needWayOut(error);
    }
  });
}

/** A ZIP archive of one file: its local header, its bytes, its directory, its end. */
export function zipOf(name: string, content: Uint8Array, isPacked: boolean): Buffer {
  const packed = isPacked ? deflateRawSync(content) : Buffer.from(content);
  const field = Buffer.alloc(26);
  field.writeUInt16LE(20, 0);
  field.writeUInt16LE(isPacked ? 8 : 0, 4);
  field.writeUInt32LE(crc32(content), 10);
  field.writeUInt32LE(packed.length, 14);
  field.writeUInt32LE(content.length, 18);
  field.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), field, Buffer.from(name), packed]);
  const central = Buffer.concat([
    Buffer.from("PK\u0001\u0002\u0014\0"),
    field,
    Buffer.alloc(14),
    Buffer.from(name),
  ]);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

/** Whether `unzip` is here to be compared with. */
export const hasUnzip = spawnSync("unzip", ["-v"]).status === 0;

/** What is read of a damaged archive is what was packed, or what `unzip -t` finds whole and `unzip -p` gives. */
async function attemptZip(prng: Prng): Promise<void> {
  const content = Buffer.from(pick(prng, tables));
  const archive = mutateBytes(zipOf("bars.csv", content, prng.next() < 0.7), prng);
  let read: Uint8Array[];
  try {
    read = zipEntries(archive).map((entry) => entry.read());
  } catch (error) {
    // The file reader makes an error with a way out of it; a type of ours that breaks on the way would be a mistake.
    if (!(error instanceof Error) || error instanceof TypeError || error instanceof ReferenceError)
      throw error;
    return;
  }
  if (read.every((bytes) => content.equals(bytes)) || !hasUnzip) return;
  await withFolder((folder) => {
    const path = join(folder, "a.zip");
    writeFileSync(path, archive);
    const tested = spawnSync("unzip", ["-tqq", path]);
    const given = execFileSync("unzip", ["-p", path], { stdio: ["ignore", "pipe", "ignore"] });
    if (tested.status! > 1 || !given.equals(Buffer.concat(read)))
      throw new Error(`read ${read.length} entries of an archive that unzip -t calls ${tested.status}`);
  });
}

const settings = {
  data: ["X-1d.csv"],
  account: { kind: "margin", cash: 10_000, leverage: 5 },
  instruments: { X: { calendar: "24/7", lotSize: 0.001 }, "*": { quoteCurrency: "EUR" } },
  costs: { commission: { use: "rate", rate: 0.001 }, slippage: { use: "fixed", rate: 0 } },
};

/** A text that JSON itself reads to an object without doubled keys is read to the same; any other is refused with a line. */
async function attemptConfig(prng: Prng): Promise<void> {
  const whole = JSON.stringify(mutateJson(settings, prng), null, prng.integer(3));
  const text =
    prng.next() < 0.6
      ? mutateText(whole, prng, ["//", "/*", "*/", ",", "{", "}", "[", '"', ":", "\n"])
      : whole;
  let values: unknown;
  try {
    ({ values } = parseConfig("kiwi.config.jsonc", text));
  } catch (error) {
    return needWayOut(error);
  }
  const plain = plainJson(text);
  if (plain !== undefined && JSON.stringify(plain) !== JSON.stringify(values))
    throw new Error(`read ${JSON.stringify(values)} where JSON says ${JSON.stringify(plain)}`);
}

function plainJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Files that people bring. */
export const fileTargets: readonly Target[] = [
  { name: "CSV", attempt: attemptCsv },
  { name: "ZIP", attempt: attemptZip },
  { name: "JSONC", attempt: attemptConfig },
];
