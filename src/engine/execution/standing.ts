import { unprotected, type Protection, type Target } from "../../domain/target.ts";

/** What is wanted in one instrument until somebody decides otherwise. One object serves all decisions about it. */
export type Standing = {
  target: Target;
  /** Signed holding that is wanted: sized by the decision, never by the drift of prices after it. */
  quantity: number;
  /** The levels that protect the holding: the target's own, or those of the one before when it names none. */
  protection: Protection;
  /** The levels of what is held, while a target of the other side stands: they are its own again if that is taken back. */
  levelsOfHeld: Protection;
  decidedMs: number;
  /** True from the decision until orders have been planned for it. */
  isFresh: boolean;
  /** True from a decision that names levels until they have been given to what protects the holding. */
  hasNewLevels: boolean;
  /** How often the venue has refused or lost an order that this target needs. */
  failures: number;
  /** Of what is missing this share is left out by the next order, for the account does not pay for all of it. */
  leftOutShare: number;
  /** Nothing is sent again before this time. */
  retryAtMs: number;
  /** How long is waited then: a clock that is set back does not make it longer. */
  retryWaitMs: number;
  /** Its own protection has begun to close the position and goes on doing so. */
  isClosing: boolean;
  /** Its stop could not be placed, so the position is being closed: that begins at once, and only once. */
  isLeaving: boolean;
  /** The closing half of a reversal was refused: the opening half must not go on alone. */
  startsOver: boolean;
};

/** How often an order that the venue refused or lost is sent again, and how long is waited, doubled each time. */
export const retryPolicy = { failuresMax: 3, waitMs: 1_000 } as const;

/** Room for what is wanted of an instrument that nothing was wanted of before. */
export function firstStanding(target: Target): Standing {
  const { protection, quantity } = target;
  return {
    target,
    quantity,
    protection,
    levelsOfHeld: unprotected,
    decidedMs: -Infinity,
    isFresh: true,
    hasNewLevels: false,
    failures: 0,
    leftOutShare: 0,
    retryAtMs: -Infinity,
    retryWaitMs: 0,
    isClosing: false,
    isLeaving: false,
    startsOver: false,
  };
}

/** Nothing is sent again for so long as so many failures deserve. */
export function waitAfter(standing: Standing, failures: number, nowMs: number): void {
  standing.retryWaitMs = retryPolicy.waitMs * 2 ** failures;
  standing.retryAtMs = nowMs + standing.retryWaitMs;
}

/** Whether a moment is still to come. One further off than its wait was set on another clock. */
export function isAhead(momentMs: number, nowMs: number, spanMsMax: number): boolean {
  return momentMs > nowMs && momentMs - nowMs <= spanMsMax;
}
