import { resolve } from "node:path";

/** Where the models of a project lie: with the work. */
export function modelsFolderOf(folder: string): string {
  return resolve(folder, ".kiwi", "models");
}

/** Where the stories of trainings lie: what was tried, the loss as it went, what came of it. */
export function trainingsFolderOf(folder: string): string {
  return resolve(folder, ".kiwi", "training");
}

/** A model as people name it: `regime-SPY-1d` is the version in use, `regime-SPY-1d@2` that one. */
export type ModelName = { readonly name: string; readonly version: number | undefined };

/** Reads the name of a model with or without a version. */
export function readModelName(text: string): ModelName {
  const match = /^(.*)@([1-9]\d{0,8})$/.exec(text);
  return match === null ? { name: text, version: undefined } : { name: match[1]!, version: Number(match[2]) };
}
