import type { Topic } from "./topic.ts";
import { basicTopics } from "./basic-topics.ts";
import { brokerTopics } from "./broker-topics.ts";
import { dataTopics } from "./data-topics.ts";
import { sourceTopics } from "./source-topics.ts";
import { modelTopics } from "./model-topics.ts";
import { robotTopics } from "./robot-topics.ts";
import { searchTopics } from "./search-topics.ts";
import { runTopics } from "./run-topics.ts";
import { tradeTopics } from "./trade-topics.ts";
import { strategyTopics } from "./strategy-topics.ts";

/** Every topic. Each one that an error names is here; a test sees to it. */
export const topics: readonly Topic[] = [
  ...basicTopics,
  ...dataTopics,
  ...sourceTopics,
  ...brokerTopics,
  ...strategyTopics,
  ...runTopics,
  ...searchTopics,
  ...modelTopics,
  ...robotTopics,
  ...tradeTopics,
];

/** A topic as it is printed. */
export function topicText({ name, summary, lines }: Topic): string {
  return [`${name}: ${summary}`, "", ...lines].join("\n");
}
