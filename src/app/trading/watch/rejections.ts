import type { Robot } from "../../../robot/robot-parts.ts";

/** Promises that failed and were handled by nobody, since this process began to listen. */
const seen = { count: 0 };
const robots = new Set<Robot>();

/** How many rejections nobody has handled. */
export function unhandledRejections(): number {
  return seen.count;
}

/**
 * From now on a rejection that nobody handles does not end the process: it is counted and told to a person through the robot.
 * What the robot itself cannot go on from it catches and stops by; this is some other part, and stops stay at the venue.
 * Returns what takes the robot off again.
 */
export function tellOfRejections(robot: Robot): () => void {
  if (robots.size === 0) process.on("unhandledRejection", onRejection);
  robots.add(robot);
  return () => {
    robots.delete(robot);
    if (robots.size === 0) process.off("unhandledRejection", onRejection);
  };
}

function onRejection(reason: unknown): void {
  seen.count += 1;
  const text = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
  const message = `a part of the program failed and nobody caught it (${seen.count} since the start): ${text}`;
  for (const robot of robots)
    robot.note({ kind: "rejection unhandled", gravity: "alarm", symbol: null, message });
}
