// Looks like forward-backward-filter: forward only, with the delay that honesty costs.
import { ema } from "../../../src/indicators/ema.ts";
import { longAbove } from "../tape.ts";

export default longAbove("causal-filter", (close) => ema(ema(close, 9), 9));
