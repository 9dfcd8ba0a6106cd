import { KiwiError } from "../../base/errors.ts";
import { formatDuration, formatTime } from "../../base/time.ts";
import { ClockOff } from "../../base/clock-off.ts";

/** What a venue is to us where a call to it fails: it has bars, or it takes orders. */
export type VenueRole = "source" | "broker";

const words = {
  source: {
    prefix: "SOURCE",
    topic: "sources",
    kept: "run the command again then: what was fetched is kept",
    other: "try again later, or name a second source to fail over to",
  },
  broker: {
    prefix: "BROKER",
    topic: "brokers",
    kept: "wait until then; orders at the venue stay as they are",
    other:
      "try again later; orders at the venue stay as they are, and nothing is known of them until it answers",
  },
} as const;

/** The venue has shut us out until a given time. */
export function banned(
  venue: string,
  reason: string,
  untilMs: number,
  role: VenueRole = "source",
): KiwiError {
  return new KiwiError({
    code: `${words[role].prefix}_BANNED`,
    exit: "network",
    message: `${venue} has banned this address until ${formatTime(untilMs)}: ${reason}`,
    why: "too many requests were sent, and more of them make a ban longer",
    fix: `wait; nothing is sent to ${venue} before then. Stop other programs that use it from here`,
    topic: words[role].topic,
  });
}

/** The venue asks for a pause that is too long to sit out. */
export function pauseTooLong(
  venue: string,
  reason: string,
  untilMs: number,
  role: VenueRole = "source",
): KiwiError {
  return new KiwiError({
    code: `${words[role].prefix}_RATE_LIMITED`,
    exit: "network",
    message: `${venue} answers again at ${formatTime(untilMs)}: ${reason}`,
    why: "its rate limit is used up, and the pause it asks for is longer than a call may last",
    fix: words[role].kept,
    topic: words[role].topic,
  });
}

/** Our clock and the venue's differ too much to know which bars are closed. */
export function clockOff(venue: string, skewMs: number, limitMs: number): ClockOff {
  return new ClockOff(
    {
      code: "CLOCK_OFF",
      exit: "safety",
      message: `the clock of this machine is ${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? "ahead of" : "behind"} ${venue}`,
      why: `more than ${formatDuration(limitMs)} makes stale data look fresh and open bars look closed`,
      fix: "turn on time synchronisation, for example: sudo timedatectl set-ntp true",
      topic: "clock",
    },
    skewMs,
  );
}

const badCertificate = /\b(CERT_\w+|\w*SELF_SIGNED\w*|UNABLE_TO_\w+|ERR_TLS_\w+)\b/;

/** Every try failed. */
export function gaveUp(
  venue: string,
  what: string,
  attempts: number,
  reason: string,
  role: VenueRole = "source",
): KiwiError {
  return new KiwiError({
    code: `${words[role].prefix}_UNREACHABLE`,
    exit: "network",
    message: `${venue} did not deliver ${what} in ${attempts} tries; the last: ${reason}`,
    ...(badCertificate.test(reason)
      ? {
          why: "whoever answered has shown a certificate that is expired or nobody vouches for, and is told nothing",
          fix: "date -u   says whether this clock is right; then wait for the venue, or name the authority of your own proxy: NODE_EXTRA_CA_CERTS=FILE",
        }
      : { why: "the network, the venue, or something between them is down", fix: words[role].other }),
    topic: words[role].topic,
  });
}
