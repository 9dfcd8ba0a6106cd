// Planted: the strategy itself is clean, a helper that it imports reads files.
import { longAbove } from "../tape.ts";
import { hasPrices } from "./helpers/read-prices.ts";

export default longAbove("helper-reads-file", (close) => (hasPrices() ? close : close));
