import { open } from "node:fs/promises";

/** No gzip stream is shorter than its text by more than this. */
const gzipRatioMax = 1032;
/** Lines differ in length; columns that are a little too long cost nothing. */
const spareShare = 0.05;

/** A guess of how many rows a file holds, from its size and a sample of its text: it saves growing the columns. */
export async function estimateRows(path: string, sample: string, bytesSeen: number): Promise<number> {
  const bytesPerRow = sample.length / sample.split("\n").length;
  const textBytes = Math.max(bytesSeen, await textBytesOf(path));
  return (textBytes / Math.max(1, bytesPerRow)) * (1 + spareShare);
}

/** Size of the text: of the file itself, or as a gzip file tells it in its last four bytes; 0 where that is absurd. */
async function textBytesOf(path: string): Promise<number> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer: head } = await file.read(new Uint8Array(4), 0, 4, 0);
    if (head[0] !== 0x1f || head[1] !== 0x8b) return size;
    const { buffer: tail } = await file.read(new Uint8Array(4), 0, 4, size - 4);
    const told = new DataView(tail.buffer).getUint32(0, true);
    return told > size * gzipRatioMax ? 0 : told;
  } finally {
    await file.close();
  }
}
