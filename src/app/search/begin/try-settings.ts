import { KiwiError } from "../../../base/errors.ts";
import type { SearchSpace } from "../../../search/search-space.ts";
import { runConfigOf } from "../../config/config-schema.ts";
import type { PreparedRun } from "../../runs/prepare-run.ts";
import { buildSession, layGround } from "../../session/build-session.ts";
import { configAt } from "../config-at.ts";
import { splitSetting } from "../read-space.ts";

/** What is said of a plug-in, an option or a value that nobody knows. */
const misspelt = /^PARAM_INVALID$|_UNKNOWN$/;

/**
 * Builds a session with the first value of each key that varies, and with each of its words: a misspelt option of a plug-in would
 * else fail in every trial, and all of them would be counted. Throws what the plug-in says.
 */
export function trySettings(
  space: SearchSpace,
  { setup, request }: Pick<PreparedRun, "setup" | "request">,
): void {
  const [first] = space.points();
  if (first === undefined) return;
  const { params, settings } = splitSetting(space.settingAt(first), setup.strategy);
  const varied = space.dimensions.filter(({ name }) => Object.hasOwn(settings, name));
  if (varied.length === 0) return;
  const ground = layGround(setup.bars, setup.config, setup.timeframe, setup.actions);
  const build = (own: typeof settings): void => {
    try {
      const config = runConfigOf(configAt(request.config, own));
      buildSession({ ...setup, params: { ...setup.params, ...params }, config }, ground);
    } catch (error) {
      // Anything else may be true of this trial alone, and is its outcome.
      if (error instanceof KiwiError && misspelt.test(error.parts.code)) throw error;
    }
  };
  build(settings);
  for (const { name, values } of varied)
    for (const value of values.slice(1)) if (typeof value === "string") build({ ...settings, [name]: value });
}
