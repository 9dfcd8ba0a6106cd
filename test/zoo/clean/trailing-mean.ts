// Looks like centred-mean: the same window, seen when its last bar has closed.
import { sma } from "../../../src/indicators/sma.ts";
import { longAbove } from "../tape.ts";

export default longAbove("trailing-mean", (close) => sma(close, 11));
