import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { systemClock } from "../system-clock.ts";
import type { AlertMessage, ChannelPlugin } from "../../ports/alert-channel.ts";
import { discord, slack } from "./chat.ts";
import { telegram } from "./telegram.ts";
import { email } from "./email.ts";
import { webhook } from "./webhook.ts";

type Received = {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
};
const received: Received[] = [];
let answer: { status: number; body: string; headers?: Record<string, string> } = { status: 200, body: "ok" };
const web = createServer((request, response) => {
  let text = "";
  request.on("data", (part: Buffer) => (text += part.toString()));
  request.on("end", () => {
    received.push({ path: request.url!, headers: request.headers, body: JSON.parse(text) });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
});
const mails: string[] = [];
const mail = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS"],
  onAuth: ({ username, password }, _session, done) =>
    username === "kiwi" && password === "opensesame"
      ? done(null, { user: username })
      : done(new Error("no such user")),
  onData(stream, _session, done) {
    let text = "";
    stream.on("data", (part: Buffer) => (text += part.toString()));
    stream.on("end", () => {
      mails.push(text);
      done();
    });
  },
});

let url = "";
let mailPort = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => void web.listen(0, "127.0.0.1", resolve));
  await new Promise<void>((resolve) => void mail.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  mailPort = (mail.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await new Promise((resolve) => web.close(resolve));
  await new Promise<void>((resolve) => mail.close(resolve));
});

const message: AlertMessage = {
  id: "A7",
  severity: "critical",
  title: "drawdown of 12 %\r\nBcc: somebody@example.org",
  text: "limit 10 % <b>",
  atMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  count: 3,
  sender: "trend on BTC",
};
const never = new AbortController().signal;
const send = async (channel: ChannelPlugin, options: Record<string, unknown>, credentials = {}) => {
  const tools = { clock: systemClock, prng: new Prng(1), credentials, folder: "." };
  const open = await channel.open(channel.options.parse(options), tools);
  return open.send(message, never);
};
const firstLine = "CRITICAL trend on BTC: drawdown of 12 % Bcc: somebody@example.org (3 times)";
const rest = "2026-01-02T03:04:05Z\nTo take it on: kiwi alerts ack A7";

test("a webhook gets the whole alert as JSON, with its token in the header", async () => {
  answer = { status: 204, body: "" };
  await send(webhook, { url: `${url}/hook` }, { token: "t0ken" });
  expect(received.at(-1)).toMatchObject({
    path: "/hook",
    headers: { authorization: "Bearer t0ken", "content-type": "application/json" },
    body: { schema: "alert@1", ...message },
  });
});

test("chats get one readable text, without markup or mentions of its own", async () => {
  answer = { status: 200, body: "ok" };
  await send(slack, {}, { secret: `${url}/slack` });
  expect(received.at(-1)!.body).toEqual({ text: `${firstLine}\nlimit 10 % &lt;b&gt;\n${rest}` });
  await send(discord, {}, { secret: `${url}/discord` });
  expect(received.at(-1)!.body).toMatchObject({
    content: `${firstLine}\nlimit 10 % <b>\n${rest}`,
    allowed_mentions: { parse: [] },
  });
  await send(telegram, { chat: -100, baseUrl: url }, { token: "123:abc" });
  expect(received.at(-1)).toMatchObject({
    path: "/bot123:abc/sendMessage",
    body: { chat_id: -100, text: `${firstLine}\nlimit 10 % <b>\n${rest}` },
  });
});

test("a refusal is told with its words, and nobody is sent elsewhere", async () => {
  answer = { status: 429, body: "slow down" };
  await expect(send(webhook, { url })).rejects.toThrow("it answered 429: slow down");
  answer = { status: 302, body: "", headers: { location: `${url}/elsewhere` } };
  await expect(send(webhook, { url })).rejects.toThrow("fetch failed");
  expect(received.at(-1)!.path).toBe("/");
});

test("mail arrives at a real SMTP server, and a title cannot add a header", async () => {
  const options = { host: "127.0.0.1", port: mailPort, from: "kiwi@example.org", to: ["me@example.org"] };
  await send(email, options);
  const [head, body] = mails.at(-1)!.split("\r\n\r\n");
  expect(head).toContain("To: me@example.org");
  expect(head!.split("\r\n").some((line) => line.startsWith("Bcc:"))).toBe(false);
  expect(body).toContain("limit 10 % <b>");
  expect(body).toContain("kiwi alerts ack A7");
});

test("a wrong password of a mail server is an error with the server's words", async () => {
  const options = {
    host: "127.0.0.1",
    port: mailPort,
    from: "kiwi@example.org",
    to: ["me@example.org"],
    user: "kiwi",
  };
  await send(email, options, { password: "opensesame" });
  await expect(send(email, options, { password: "wrong" })).rejects.toThrow("no such user");
});

test("options that cannot be right are refused", () => {
  expect(webhook.options.safeParse({ url: "ftp://example.org" }).success).toBe(false);
  expect(webhook.options.safeParse({ url: "https://me:secret@example.org" }).success).toBe(false);
  expect(email.options.safeParse({ host: "h", from: "me", to: [] }).success).toBe(false);
  expect(telegram.options.safeParse({}).success).toBe(false);
});
