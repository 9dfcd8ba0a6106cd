import { KiwiError } from "../../base/errors.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import type { SessionConfig } from "../config/session-config.ts";
import type { RunRequest } from "../runs/run-request.ts";
import type { SessionNote } from "./session-folder.ts";

/** Sessions that are to be started together; one without a part has its account for itself. */
export type SessionRequests = readonly [SessionRequest, ...SessionRequest[]];
type SessionRequest = {
  readonly request: RunRequest;
  readonly part: SessionNote["part"];
  /** Puts what the session says for itself over a configuration. */
  readonly own: (config: KiwiConfig) => KiwiConfig;
};

/**
 * The sessions that are meant by what was named: those of the configuration by their names, other strategies as they are,
 * and all of the configuration where nothing was named. Null where that is one strategy alone, as it always was. Throws
 * `SESSIONS_ALIKE`, `SESSION_SHARES`.
 */
export function sessionsMeant(config: KiwiConfig, names: readonly string[]): readonly SessionConfig[] | null {
  const { sessions } = config;
  const known = (name: string) => sessions.find((session) => nameOf(session) === name);
  const isAlone = names.length < 2 && (sessions.length === 0 || (names.length === 1 && !known(names[0]!)));
  if (isAlone) return null;
  return names.length === 0 ? sessions : names.map((name) => known(name) ?? { strategy: name, params: {} });
}

/** What each of several sessions runs with: what it leaves open is that of `base`. Throws `SESSIONS_ALIKE`, `SESSION_SHARES`. */
export function requestsOf(
  base: Omit<RunRequest, "strategy" | "params">,
  sessions: readonly SessionConfig[],
): SessionRequests {
  const names = sessions.map(nameOf);
  const doubled = names.find((name, k) => names.indexOf(name) !== k);
  if (doubled !== undefined) throw alike(doubled);
  const requests = sessions.map((session) => requestOf(base, session));
  const accountOf = ({ config }: RunRequest): string => JSON.stringify(config.broker);
  return sessions.map((session, k): SessionRequest => {
    const request = requests[k]!;
    const beside = sessions.filter((_, other) => accountOf(requests[other]!) === accountOf(request));
    const part = { name: names[k]!, share: shareOf(session, beside) };
    return { request, part, own: (config) => ownConfig(config, session) };
  }) as [SessionRequest, ...SessionRequest[]];
}

function requestOf(base: Omit<RunRequest, "strategy" | "params">, session: SessionConfig): RunRequest {
  const { strategy, params } = session;
  return { ...base, strategy, params, config: ownConfig(base.config, session) };
}

function ownConfig(config: KiwiConfig, session: SessionConfig): KiwiConfig {
  const { pairs, timeframe, broker, sizing, risk, protection } = session;
  return {
    ...config,
    ...defined({ pairs, timeframe, sizing, risk, protection }),
    ...(broker === undefined ? {} : { broker: brokerOf(config.broker, broker) }),
  };
}

/** What a session leaves open of its broker is that of the configuration; another broker has options and keys of its own. */
function brokerOf(
  base: KiwiConfig["broker"],
  own: NonNullable<SessionConfig["broker"]>,
): KiwiConfig["broker"] {
  const isOther = own.use !== undefined && own.use !== base?.use;
  return { ...(isOther ? {} : base), ...own } as KiwiConfig["broker"];
}

function defined<Parts extends object>(parts: Parts): { [K in keyof Parts]?: Exclude<Parts[K], undefined> } {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as {
    [K in keyof Parts]?: Exclude<Parts[K], undefined>;
  };
}

function nameOf({ name, strategy }: SessionConfig): string {
  return name ?? strategy;
}

/** Sessions without a share get alike what those of their account leave. */
function shareOf({ share }: SessionConfig, beside: readonly SessionConfig[]): number {
  const given = beside.reduce((sum, session) => sum + (session.share ?? 0), 0);
  const open = beside.filter((session) => session.share === undefined).length;
  // Shares are written in decimals: their sum may be off in the last place.
  if (given > 1 + 1e-9 || (open > 0 && given > 1 - 1e-9)) throw sharesTooLarge(given, open);
  return share ?? (1 - given) / open;
}

function alike(name: string): KiwiError {
  return new KiwiError({
    code: "SESSIONS_ALIKE",
    exit: "usage",
    message: `two sessions are called ${name}`,
    why: "a session is found again by its name when the robot is started the next time",
    fix: 'give one of them a name: { "name": "slow", "strategy": "sma-cross" } under sessions in kiwi.config.jsonc',
    topic: "sessions",
  });
}

/** Throws where the shares of one account are more than the whole. */
export function sharesTooLarge(given: number, open: number): KiwiError {
  const nothingLeft = open > 0 ? `, and leave nothing for ${open} without a share` : "";
  return new KiwiError({
    code: "SESSION_SHARES",
    exit: "config",
    message: `the shares of the sessions of one account are ${Number(given.toPrecision(6))} together${nothingLeft}`,
    why: "what is shared out is the equity of the account: all of it is 1",
    fix: "lower share of some sessions in kiwi.config.jsonc until their sum is 1 or less",
    topic: "sessions",
  });
}
