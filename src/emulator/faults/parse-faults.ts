import { didYouMean } from "../../base/nearest.ts";
import { KiwiError } from "../../base/errors.ts";

/** What can go wrong, each with what its number means. `kiwi help emulator` shows this list. */
export const faultNames = {
  seed: "whole number: the same one gives the same faults",
  drop: "share of requests that are lost before they arrive: the connection breaks",
  reset: "share of requests that are carried out, and the connection breaks before the answer",
  timeoutAfterAccept: "share of requests that are carried out and never answered",
  http500: "share of requests answered with 500; half of them are carried out",
  html: "share of requests that are carried out and answered with a page of HTML and status 200",
  truncate: "share of requests that are carried out and answered with half of the answer",
  "429": "share of requests refused because there were too many",
  delay: "longest wait before an answer, in milliseconds",
  lose: "share of messages on streams that never come",
  duplicate: "share of messages on streams that come twice",
  reorder: "share of messages on streams that come after the next one",
  disconnect: "share of messages on streams at which the connection breaks",
  silent: "share of messages on streams after which an open connection says nothing any more",
  skew: "milliseconds that the clock of the exchange is ahead, negative: behind",
  eventualVisibility: "milliseconds for which a new order is not found when asked for",
  rejectLater: "share of orders that are accepted and rejected a moment later",
  stuckCancel: "share of cancels that are accepted and never done",
  pageFail: "share of second and later pages that are answered with 500",
} as const;

export type FaultName = keyof typeof faultNames;

/** A plan of faults: a number for every name. */
export type FaultSpec = Readonly<Record<FaultName, number>>;

/** Of these exactly one or none happens to a request, and to a message on a stream. */
const requestFaults = ["drop", "reset", "timeoutAfterAccept", "http500", "html", "truncate", "429"] as const;
const messageFaults = ["lose", "duplicate", "reorder", "disconnect", "silent"] as const;
const notShares: ReadonlySet<FaultName> = new Set(["seed", "delay", "skew", "eventualVisibility"]);

/** Nothing goes wrong. */
export const noFaults: FaultSpec = {
  ...(Object.fromEntries(Object.keys(faultNames).map((name) => [name, 0])) as FaultSpec),
  seed: 1,
};

/** Reads `seed=7,drop=0.02,...`. Throws `FAULTS_INVALID` for what is unknown, out of range, said twice or too much together. */
export function parseFaults(text: string): FaultSpec {
  const spec: Record<FaultName, number> = { ...noFaults };
  const said = new Set<string>();
  for (const part of text.split(",").map((each) => each.trim())) {
    if (part === "") continue;
    const [name = "", value = "", more] = part.split("=").map((each) => each.trim());
    if (!isFaultName(name)) throw unknownFault(name);
    if (said.has(name)) throw invalid(`"${name}" is there twice`, `say ${name}=... once`);
    said.add(name);
    spec[name] = more === undefined ? numberOf(name, value) : numberOf(name, "");
  }
  checkTogether(spec, requestFaults, "a request");
  checkTogether(spec, messageFaults, "a message on a stream");
  return spec;
}

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faultNames, name);
}

function numberOf(name: FaultName, value: string): number {
  const number = value === "" ? Number.NaN : Number(value);
  const fix = `write ${name}=${name === "seed" ? "7" : notShares.has(name) ? "250" : "0.02"}`;
  if (!Number.isFinite(number)) throw invalid(`${name}=${value} is no number`, fix);
  if (name === "seed" && !Number.isInteger(number)) throw invalid("seed is a whole number", fix);
  if ((name === "delay" || name === "eventualVisibility") && number < 0)
    throw invalid(`${name}=${value} is less than nothing`, fix);
  if (!notShares.has(name) && (number < 0 || number > 1))
    throw invalid(`${name}=${value} is a share, from 0 to 1`, fix);
  return number;
}

function checkTogether(spec: FaultSpec, names: readonly FaultName[], what: string): void {
  const sum = names.reduce((total, name) => total + spec[name], 0);
  if (sum <= 1 + 1e-12) return;
  const told = names.filter((name) => spec[name] > 0).map((name) => `${name}=${spec[name]}`);
  throw invalid(
    `${told.join(",")} is more than one fault for ${what}`,
    "only one of them can happen at a time: let them add up to 1 at most",
  );
}

function unknownFault(name: string): KiwiError {
  return invalid(
    `there is no fault "${name}"`,
    didYouMean(name, Object.keys(faultNames), (near) => `"${near}"`),
  );
}

function invalid(message: string, fix: string): KiwiError {
  return new KiwiError({
    code: "FAULTS_INVALID",
    exit: "usage",
    message,
    why: `a plan of faults is name=number, with commas between; the names are ${Object.keys(faultNames).join(", ")}`,
    fix,
    topic: "emulator",
  });
}
