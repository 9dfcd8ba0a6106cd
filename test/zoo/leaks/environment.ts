// Planted: a switch in the environment, which the next machine does not have.
import { longAbove } from "../tape.ts";

const isEager = process.env["ZOO_EAGER"] === "1";

export default longAbove("environment", (close) => (isEager ? close : close));
