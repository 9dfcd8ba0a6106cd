import { scaledClock } from "../../../adapters/scaled-clock.ts";
import { AlpacaFace } from "../../../emulator/alpaca/alpaca-face.ts";
import { accountOptions, venueOptions } from "../../../emulator/exchange/account-options.ts";
import { Exchange } from "../../../emulator/exchange/exchange.ts";
import { FaultPlan } from "../../../emulator/faults/fault-plan.ts";
import { parseFaults } from "../../../emulator/faults/parse-faults.ts";
import { EmulatorHost } from "../../../emulator/wire/emulator-host.ts";
import { Pace } from "../../../emulator/wire/pace.ts";
import { demoMarket, demoTape } from "./demo-market.ts";

// The venue of the demo, in a process of its own: it goes on when the robot stands still, as a real one would.
// Arguments: seed, the machine's time at which the market opens, faults, days.

const [seed = "42", startWallMs = String(Date.now()), faultText = "", days] = process.argv.slice(2);
const { openMs, speed, cash, key, secret } = demoMarket;
const clock = scaledClock(openMs, Number(startWallMs), speed);
const { listings, bars } = demoTape(Number(seed), days === undefined ? undefined : Number(days));
const exchange = new Exchange({ listings, bars, hasHedgeMode: false, seed: Number(seed) });
// This venue's protocol tells of no fee on a fill: what trading costs here is in the price.
const slippage = { fraction: () => demoMarket.slippage, rate: () => demoMarket.slippage };
exchange.openAccount(
  accountOptions({ key, secret, cash, venue: venueOptions("cash", { maker: 0, taker: 0 }, { slippage }) }),
);
// The market has been open for as long as this took to start.
exchange.skipTo(clock.nowMs());
exchange.tellTime(clock.nowMs());
const faults = new FaultPlan(parseFaults(faultText));
const pace = new Pace(exchange, clock, { kind: "real", speed: 1 });
const face = new AlpacaFace(
  {
    exchange,
    faults,
    clock,
    watch: (change) => {
      pace.watchers += change;
    },
  },
  // The market's minute is two seconds long, and a robot asks by the second.
  { requestsPerMinute: 200 * speed },
);
const host = new EmulatorHost({ face, exchange, pace, faults, clock });
const port = await host.listen(0);
pace.start();
process.send?.({ port });
// Nobody is left to trade with it.
process.on("disconnect", () => process.exit(0));
