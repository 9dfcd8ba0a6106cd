import fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "../../../base/prng.ts";
import { MemoryDisk } from "../../../../test/simulation/execution/memory-disk.ts";
import { FrameReader, frameOf, journalMagic, readFrame, type Frame } from "./journal-frames.ts";

test("a journal read in pieces has the frames that it has read whole, wherever the pieces end and whatever is damaged", () => {
  const payload = fc.string({ unit: "binary", maxLength: 60 });
  const damage = fc.option(fc.record({ at: fc.nat(), byte: fc.constantFrom(0, 255) }), { nil: null });
  fc.assert(
    fc.property(
      fc.array(payload, { maxLength: 12 }),
      fc.integer({ min: 1, max: 120 }),
      fc.nat({ max: 20 }),
      damage,
      (payloads, pieceBytes, cut, damaged) => {
        const whole = Buffer.concat([journalMagic, ...payloads.map(frameOf)]);
        const bytes = whole.subarray(0, Math.max(journalMagic.length, whole.length - cut));
        const place = damaged === null ? -1 : journalMagic.length + (damaged.at % bytes.length);
        if (place >= 0 && place < bytes.length) bytes[place] = damaged!.byte;
        const disk = new MemoryDisk(new Prng(1));
        disk.append(bytes);
        const frames = new FrameReader(disk, bytes.length, pieceBytes);
        for (let at: number = journalMagic.length; ;) {
          const expected: Frame | null = at < bytes.length ? readFrame(bytes, at) : null;
          const found = frames.next();
          expect(found).toEqual(expected);
          if (expected?.kind !== "whole") {
            expect(frames.rest().equals(bytes.subarray(at))).toBe(true);
            return;
          }
          at = expected.endAt;
          expect(frames.at).toBe(at);
        }
      },
    ),
    { seed: 11, numRuns: 500 },
  );
});
