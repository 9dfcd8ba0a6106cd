/** The end of an instrument's trading as it was announced. */
export type AnnouncedEnd = {
  /** Its last session, counted from 1970-01-01. */
  readonly lastDay: number;
  /** When that became known, UTC milliseconds: nobody goes by it earlier. */
  readonly knownFromMs: number;
};

/** Announced ends by symbol; a name that was used again has several. */
export type AnnouncedEnds = ReadonlyMap<string, readonly AnnouncedEnd[]>;
