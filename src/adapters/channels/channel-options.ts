import { z } from "zod";

/** An address that messages are posted to. */
export const httpUrl = z
  .url({ protocol: /^https?$/ })
  .refine(
    (text) => new URL(text).password === "",
    "a password in an address is shown wherever the address is",
  )
  .describe("address that takes the messages");
