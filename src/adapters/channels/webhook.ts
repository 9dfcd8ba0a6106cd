import { z } from "zod";
import { defineChannel } from "../../ports/alert-channel.ts";
import { httpUrl } from "./channel-options.ts";
import { postJson } from "./post-json.ts";

/** Any address that takes JSON. */
export const webhook = defineChannel({
  name: "webhook",
  summary: "Posts each alert as JSON to an address of yours.",
  options: z.strictObject({ url: httpUrl }),
  credentials: [{ name: "token", what: "a bearer token", env: "KIWI_WEBHOOK_TOKEN" }],
  needsCredentials: () => false,
  open: ({ url }, { credentials: { token } }) => ({
    send: (message, signal) =>
      postJson(
        url,
        { schema: "alert@1", ...message },
        signal,
        token === undefined ? {} : { authorization: `Bearer ${token}` },
      ),
  }),
});
