import { z } from "zod";
import { defineChannel } from "../../ports/alert-channel.ts";
import { bodyOf, subjectOf } from "./message-text.ts";

const address = z.email();

/** Mail over SMTP, encrypted unless the server stands on this machine. */
export const email = defineChannel({
  name: "email",
  summary: "Sends mail through an SMTP server.",
  options: z.strictObject({
    host: z.string().min(1).describe("the SMTP server"),
    port: z.int().min(1).max(65_535).default(587),
    from: address.describe("who sends"),
    to: z.array(address).min(1).describe("who is told"),
    user: z.string().optional().describe("name at the server, where it wants one"),
  }),
  credentials: [{ name: "password", what: "the password at the SMTP server", env: "KIWI_SMTP_PASSWORD" }],
  // A server on this machine, or one that lets everybody in, has none.
  needsCredentials: ({ user }) => user !== undefined,
  open({ host, port, from, to, user }, { credentials: { password } }) {
    const isLocal = host === "localhost" || host === "127.0.0.1" || host === "::1";
    return {
      async send(message, signal) {
        const { createTransport } = await import("nodemailer");
        const transport = createTransport({
          host,
          port,
          secure: port === 465,
          requireTLS: !isLocal && port !== 465,
          connectionTimeout: 10_000,
          greetingTimeout: 10_000,
          socketTimeout: 20_000,
          ...(user === undefined ? {} : { auth: { user, pass: password ?? "" } }),
        });
        const stop = (): void => transport.close();
        signal.addEventListener("abort", stop, { once: true });
        try {
          const { html } = message;
          const subject = subjectOf(message);
          await transport.sendMail({
            from,
            to,
            subject,
            text: bodyOf(message),
            ...(html === undefined ? {} : { html }),
          });
        } finally {
          signal.removeEventListener("abort", stop);
          transport.close();
        }
      },
    };
  },
});
