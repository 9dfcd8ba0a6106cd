import { systemClock } from "../../adapters/system-clock.ts";
import type { AlertChannel } from "../../ports/alert-channel.ts";
import { Components } from "../components/components.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import type { SecretPlaces } from "../config/secret-place.ts";
import { loadRegistry } from "../plugins/load-registry.ts";
import { alertParts } from "./channel-parts.ts";

/**
 * Opens the channels of a project, whose plug-ins may add kinds of them, for as long as the work takes. Throws what opening
 * them and loading plug-ins throws.
 */
export async function withChannels<T>(
  { alerts, plugins }: Pick<KiwiConfig, "alerts" | "plugins">,
  places: SecretPlaces,
  work: (channels: ReadonlyMap<string, AlertChannel>) => Promise<T>,
): Promise<T> {
  const { parts, channels } = alertParts(alerts, places, await loadRegistry(places.folder, plugins));
  const components = new Components(parts, { clock: systemClock });
  await components.open();
  try {
    return await work(channels);
  } finally {
    await components.close();
  }
}
