import type { Face } from "./face.ts";

/** For a venue that speaks over something else than HTTP: what remains is the control of the emulator. */
export const controlFace: Face = {
  name: "control",
  handle: () => ({ status: 404, body: { message: "only /emulator/... is here" } }),
  connect: () => null,
  faultReply: () => ({ status: 500 }),
};
