import { runKilled, type KillOutcome } from "../robot/kill-run.ts";

const kills = Number(process.env["KILLS"] ?? 200);
const bars = 200;

type Pair = { readonly alone: KillOutcome; readonly killed: KillOutcome };

/**
 * A robot in a process of its own is killed at random moments, and ends as one that was left alone. A session is over
 * after some thirty kills; others follow, each on a market of its own, until there were KILLS.
 */
export async function prove(): Promise<string> {
  const pairs: Pair[] = [];
  const sum = (of: (pair: Pair) => number): number => pairs.reduce((total, pair) => total + of(pair), 0);
  for (let seed = 17; sum(({ killed }) => killed.kills) < kills; seed += 1) {
    const left = kills - sum(({ killed }) => killed.kills);
    const pair = { alone: await runKilled(0, seed, bars), killed: await runKilled(left, seed, bars) };
    throwIfOther(seed, pair);
    pairs.push(pair);
  }
  const otherOrder = pairs.filter(({ alone, killed }) => alone.decisionsHash !== killed.decisionsHash).length;
  return [
    `kill -9 of a robot at ${sum(({ killed }) => killed.kills)} random moments of ${pairs.length} sessions of ${bars} bars, at ${sum(({ killed }) => killed.killedAtBars)} different bars:`,
    `${sum(({ killed }) => killed.ordersAtVenue)} orders and ${sum(({ killed }) => killed.fillsAtVenue)} fills at the venue (alone: ${sum(({ alone }) => alone.ordersAtVenue)} and ${sum(({ alone }) => alone.fillsAtVenue)}; a leg may be sent and withdrawn once more); ${sum(({ killed }) => killed.doubled)} sent again under their name;`,
    `what was decided and filled in each symbol, equity and positions of each: the same; the hash of all together, too, but in ${otherOrder} sessions`,
    `where fills of several symbols in one instant came in another order.`,
  ].join("\n");
}

function throwIfOther(seed: number, { alone, killed }: Pair): void {
  const other = (["decisions", "positions", "equity", "fillsAtVenue"] as const).filter(
    (name) => JSON.stringify(alone[name]) !== JSON.stringify(killed[name]),
  );
  if (other.length > 0)
    throw new Error(
      `seed ${seed}: the killed robot ended otherwise: ${other.join(", ")}\n${JSON.stringify({ alone, killed })}`,
    );
}
