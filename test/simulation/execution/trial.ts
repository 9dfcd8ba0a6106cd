import { buildSession, layGround } from "../../../src/app/session/build-session.ts";
import { hashText } from "../../../src/base/hash.ts";
import type { Prng } from "../../../src/base/prng.ts";
import { secondMs } from "../../../src/base/time.ts";
import { accountOptions, venueOptions } from "../../../src/emulator/exchange/account-options.ts";
import { Exchange } from "../../../src/emulator/exchange/exchange.ts";
import type { BrokerCapabilities } from "../../../src/ports/broker-connection.ts";
import type { Robot, RobotParts, TradingState } from "../../../src/robot/robot-types.ts";
import { BookPromises } from "./book-promises.ts";
import { Coverage } from "./coverage.ts";
import { ExchangeSide } from "./exchange-side.ts";
import { calm, drawFaults, type FaultPlan, type Mishap } from "./faults.ts";
import { FaultyLink, type Roads } from "./faulty-link.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { memoryJournal } from "./memory-journal.ts";
import { BrokenPromises, type Broken, type Life } from "./promises.ts";
import { SendPromises, type Demands } from "./send-promises.ts";
import { SimulatedFeed } from "./simulated-feed.ts";
import {
  calmSlice,
  cash,
  chanceStrategy,
  config,
  listings,
  sliceMs,
  slices,
  startMs,
  symbols,
  tapeOf,
} from "./small-market.ts";
import { VirtualWorld, type Process } from "./virtual-world.ts";
