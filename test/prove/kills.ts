import { runKilled } from "../robot/kill-run.ts";

const kills = Number(process.env["KILLS"] ?? 200);
const bars = 200;

/** A robot in a process of its own is killed at random moments, and ends as one that was left alone. */
export async function prove(): Promise<string> {
  const alone = await runKilled(0, 17, bars);
  const killed = await runKilled(kills, 17, bars);
  const same = (["decisionsHash", "equity", "fillsAtVenue"] as const).filter(
    (name) => alone[name] !== killed[name],
  );
  if (same.length > 0 || JSON.stringify(alone.positions) !== JSON.stringify(killed.positions))
    throw new Error(
      `the killed robot ended otherwise: ${same.join(", ")}\n${JSON.stringify({ alone, killed })}`,
    );
  return [
    `kill -9 of a robot at ${killed.kills} random moments of a session of ${bars} bars, at ${killed.killedAtBars} different bars:`,
    `${killed.ordersAtVenue} orders and ${killed.fillsAtVenue} fills at the venue (alone: ${alone.ordersAtVenue} and ${alone.fillsAtVenue}; a leg may be sent and withdrawn once more); ${killed.doubled} sent again under their name;`,
    `decision hash ${killed.decisionsHash.slice(0, 16)}, equity ${killed.equity}, positions: the same.`,
  ].join("\n");
}
