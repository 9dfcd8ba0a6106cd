import { expect, test } from "vitest";
import { StillVenue } from "../../../test/fakes/still-venue.ts";
import type { VenueFill } from "../../ports/broker-connection.ts";
import type { Robot } from "../robot-parts.ts";
import { SharedAccount } from "./shared-account.ts";

/** What a session is told of fills of nobody, which holds so much where the venue holds another quantity. */
async function toldOf(begun: number, atVenue: number): Promise<readonly VenueFill[]> {
  let held = begun;
  const venue = new StillVenue();
  venue.positions.set("SHIB", held);
  const now = { ms: 0 };
  const connection = venue.connect();
  const account = async () => ({ ...(await connection.account()), venueTimeMs: now.ms });
  const shared = new SharedAccount({ ...connection, account }, [{ tag: "a", share: 1, symbols: ["SHIB"] }]);
  const seat = shared.seats[0]!;
  const told: VenueFill[] = [];
  const onFill = (fill: VenueFill) => (held -= told.push(fill) * fill.quantity);
  await seat.open({ onOrder() {}, onFill, onLine() {} });
  await seat.account();
  const status = () => ({ cash: 0, equity: 1, positions: [{ symbol: "SHIB", lastPrice: 1 }] });
  seat.begin({ holding: () => held, status } as unknown as Robot);
  venue.positions.set("SHIB", atVenue);
  for (; now.ms < 120_000; now.ms += 10_000) await shared.ask();
  return told;
}

test("what adding up large quantities leaves is nobody's sale, and what is missing is", async () => {
  const held = 1_000_000_000.1;
  // The next smaller number that there is.
  expect(await toldOf(held, held - 1.2e-7)).toEqual([]);
  expect((await toldOf(held, held - 50)).map(({ side, quantity }) => `${side} ${quantity}`)).toEqual([
    "sell 50",
  ]);
});
