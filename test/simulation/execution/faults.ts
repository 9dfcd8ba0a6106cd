import type { Prng } from "../../../src/base/prng.ts";

/** What may go wrong between robot and venue, as shares of all messages of the kind, 0 to 1. */
export type LinkFaults = {
  /** The message does not arrive, or its answer does not. */
  readonly requestLost: number;
  readonly answerLost: number;
  /** An error after which nobody knows, at once: reset, 5xx, HTML. */
  readonly broken: number;
  /** The network hands a message over twice, and the second answer is the one that comes. */
  readonly sentTwice: number;
  readonly rateLimited: number;
  /** Cancels that come too often. */
  readonly cancelLimited: number;
  readonly unavailable: number;
  readonly noMoney: number;
  readonly stopRefused: number;
  /** Orders that the venue takes and refuses a moment later. */
  readonly refusedLate: number;
  /** Events that get lost, come twice, or take long. */
  readonly eventLost: number;
  readonly eventTwice: number;
  readonly eventLate: number;
  /** Answers that take long. */
  readonly answerLate: number;
  readonly questionFails: number;
  readonly listCut: number;
  /** A cancel or change that the venue takes and acts on much later. */
  readonly actsLate: number;
  /** Milliseconds for which the venue does not find a new order by its name. */
  readonly invisibleMs: number;
};

/** Roads on which everything arrives. */
export const noLinkFaults: LinkFaults = {
  requestLost: 0,
  answerLost: 0,
  broken: 0,
  sentTwice: 0,
  rateLimited: 0,
  cancelLimited: 0,
  unavailable: 0,
  noMoney: 0,
  stopRefused: 0,
  refusedLate: 0,
  eventLost: 0,
  eventTwice: 0,
  eventLate: 0,
  answerLate: 0,
  questionFails: 0,
  listCut: 0,
  actsLate: 0,
  invisibleMs: 0,
};

/** Things that happen once, at a moment of the seed. */
export type Mishap =
  | "disconnect"
  | "silence"
  | "crash"
  | "crash at a call"
  | "crash before a send"
  | "crash after a send"
  | "crash at a fill"
  | "second robot"
  | "manual trade"
  | "manual trade while away"
  | "overfill"
  | "clock jump"
  | "stall"
  | "disk full"
  | "sync fails"
  | "halt"
  | "reject storm"
  | "symbol fails"
  | "forgets orders"
  | "ban"
  | "venue closes"
  | "rules change"
  | "kill switch"
  | "clock set anew"
  | "another session";

const mishaps: readonly Mishap[] = [
  "disconnect",
  "silence",
  "crash",
  "crash at a call",
  "crash before a send",
  "crash after a send",
  "crash at a fill",
  "second robot",
  "manual trade",
  "manual trade while away",
  "overfill",
  "clock jump",
  "stall",
  "disk full",
  "sync fails",
  "halt",
  "reject storm",
  "symbol fails",
  "forgets orders",
];

/** Those that came later: they are drawn apart, so that seeds of before have what they had, and more. */
const laterMishaps: readonly Mishap[] = [
  "ban",
  "venue closes",
  "rules change",
  "kill switch",
  "clock set anew",
];

/** Everything that goes wrong in one seed. */
export type FaultPlan = {
  readonly link: LinkFaults;
  readonly mishaps: readonly Mishap[];
  readonly later: readonly Mishap[];
};

/** Every seed has faults of its own: a few kinds, each mild or bad, so that none hides behind the others for ever. */
export function drawFaults(prng: Prng): FaultPlan {
  const link: { -readonly [Name in keyof LinkFaults]: number } = { ...noLinkFaults };
  const names = Object.keys(noLinkFaults).filter((name) => name !== "cancelLimited") as (keyof LinkFaults)[];
  const kinds = prng.integer(6);
  for (let k = 0; k < kinds; k++) {
    const name = names[prng.integer(names.length)]!;
    link[name] = name === "invisibleMs" ? 500 + prng.integer(8_000) : prng.next() * 0.4;
  }
  const count = prng.integer(4);
  const apart = prng.fork("later");
  if (apart.next() < 0.1) link.cancelLimited = apart.next() * 0.6;
  const laterCount = apart.integer(3);
  const later = Array.from({ length: laterCount }, () => laterMishaps[apart.integer(laterMishaps.length)]!);
  if (apart.fork("sessions").next() < 0.1) later.push("another session");
  return {
    later,
    link,
    mishaps: Array.from({ length: count }, () => mishaps[prng.integer(mishaps.length)]!),
  };
}

/** A plan without faults. */
export const calm: FaultPlan = { link: noLinkFaults, mishaps: [], later: [] };
