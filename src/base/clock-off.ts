import { KiwiError, type ErrorParts } from "./errors.ts";

/** Our clock and that of somebody we asked differ too much to go by what they say. */
export class ClockOff extends KiwiError {
  /** Our clock minus theirs, milliseconds. */
  readonly skewMs: number;

  constructor(parts: ErrorParts, skewMs: number) {
    super(parts);
    this.skewMs = skewMs;
  }
}
