// Planted: prices from the network while the strategy is loaded.
import { longAbove } from "../tape.ts";

const answer = await fetch("https://prices.invalid/tomorrow").catch(() => null);

export default longAbove("fetched-prices", (close) => (answer === null ? close : close));
