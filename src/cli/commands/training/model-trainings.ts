import {
  trainingsOf,
  trainingStory,
  type KnownTraining,
  type TrainingStory,
} from "../../../app/train/story/trainings.ts";
import { formatDuration, formatTime } from "../../../base/time.ts";
import type { CommonFlags } from "../../declare/common-flags.ts";
import { envelope } from "../../output/json.ts";
import { pairs, table } from "../../output/table.ts";
import type { Shell } from "../../shell.ts";

const right = { align: "right" } as const;

/** `kiwi model trainings`: every training that was begun here, newest first, or the story of one. */
export async function modelTrainingsCommand(
  shell: Shell,
  id: string | undefined,
  flags: CommonFlags,
): Promise<number> {
  if (id === undefined) {
    const trainings = await trainingsOf(shell.folder);
    if (flags.json === true) shell.out(envelope("trainings@1", { trainings }));
    else if (trainings.length === 0)
      shell.out("nothing was trained here yet; begin: kiwi train all --data FILE");
    else shell.out(listText(trainings));
    return 0;
  }
  const story = await trainingStory(shell.folder, id);
  shell.out(flags.json === true ? envelope("training@1", story) : storyText(story));
  return 0;
}

function listText(trainings: readonly KnownTraining[]): string {
  const columns = [{ title: "training" }, { title: "status" }, { title: "version", ...right }];
  return table(
    [
      ...columns,
      { title: "took", ...right },
      { title: "accuracy", ...right },
      { title: "log loss", ...right },
    ],
    trainings.map((one) => [
      one.id,
      one.status,
      one.version === null ? "" : String(one.version),
      one.endedMs === null ? "" : formatDuration(one.endedMs - one.startedMs),
      one.scores["accuracy"] === undefined ? "" : `${(100 * one.scores["accuracy"]).toFixed(1)} %`,
      one.scores["logLoss"]?.toFixed(4) ?? "",
    ]),
  );
}

function storyText({ training, metrics }: TrainingStory): string {
  const { id, startedMs, status, params, scores, error } = training;
  const numbers = Object.entries(scores).map(
    ([name, value]) => [name, String(Number(value.toPrecision(5)))] as const,
  );
  const head = pairs([
    ["training", id],
    ["status", status + (error === null ? "" : `: ${error}`)],
    ["begun", formatTime(startedMs)],
    ...Object.entries(params).map(([name, value]) => [name, String(value)] as const),
    ...numbers,
  ]);
  const looks = metrics.filter((one) => "heldLoss" in one);
  if (looks.length === 0) return head;
  const loss = (value: number | string | undefined) => (typeof value === "number" ? value.toFixed(4) : "");
  const curve = table(
    [
      { title: "of" },
      { title: "step", ...right },
      { title: "learned", ...right },
      { title: "held", ...right },
    ],
    looks.map((one) => [one.part, String(one.step), loss(one["learnedLoss"]), loss(one["heldLoss"])]),
  );
  return `${head}\n\n${curve}`;
}
