// Planted: a timer that changes the strategy while it runs.
import { longAbove } from "../tape.ts";

let isLate = false;
setTimeout(() => {
  isLate = true;
}, 5).unref();

export default longAbove("timer", (close) => (isLate ? close : close));
