import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { TRAINER_STATE } from "../card/index.js";
import { parseJson, readWholeText } from "../files/index.js";
import { RUN_STATE, TRAINING_ARGS } from "../recipe/index.js";
import { recordedFields } from "../recipe/recorded.js";
import { snakeCase } from "../recipe/spelling.js";
import type { HistoryEvent } from "../run/history.js";
import type { EvaluationNote, NotedMetric, RunNote, StepsNote } from "../run/notes.js";
import { type CheckpointFolder, checkpointFolders } from "../train/checkpoint/find.js";
import { readState } from "../train/checkpoint/state.js";
import { readTrainingArgs } from "../train/finish/finish.js";
import { evaluationNote } from "./noteTaker.js";

const number = z.number().nullable().optional();

/** What Trainer's record of a run says, as far as it is shown. */
const trainerSchema = z.object({
  max_steps: z.number().default(0),
  num_train_epochs: z.number().default(0),
  log_history: z.array(z.record(z.string(), z.unknown())).default([]),
});

const logSchema = z.object({
  step: z.number(),
  epoch: z.number().default(0),
  loss: number,
  grad_norm: number,
  learning_rate: number,
  eval_loss: number,
  eval_precision: number,
  eval_recall: number,
  eval_f1: number,
  eval_accuracy: number,
});

/** The files of a folder that say something about its run, and their state: they are read again when it changes. */
export async function recordState(folder: string): Promise<string> {
  const newest = (await checkpointFolders(folder)).at(-1);
  const files = [
    TRAINING_ARGS,
    TRAINER_STATE,
    ...(newest === undefined ? [] : [join(`checkpoint-${newest.step}`, RUN_STATE)]),
  ];
  const states = await Promise.all(
    files.map(async (name) => {
      const found = await stat(join(folder, name)).catch(() => undefined);
      return found === undefined ? "" : `${name} ${found.ino} ${found.size} ${found.mtimeMs}`;
    }),
  );
  return states.filter(Boolean).join("\n");
}

/**
 * Returns the notes of a run that wrote none: from its newest checkpoint, and from the record of a finished run, also of
 * one of Hugging Face's Trainer. Empty if the folder records no run.
 */
export async function recordedNotes(folder: string): Promise<RunNote[]> {
  const newest = (await checkpointFolders(folder)).at(-1);
  const state = newest && (await stateIn(newest));
  const trainer =
    (await trainerState(join(folder, TRAINER_STATE))) ??
    (newest && (await trainerState(join(newest.folder, TRAINER_STATE))));
  const fields = await recordedFields(folder);
  if (state === undefined && trainer === undefined) return [];
  const { card: _, ...recipe } = fields ?? {};
  const known = (state?.progress.history ?? []).flatMap(noteOf);
  const lastKnown = Math.max(-1, ...known.map(({ step }) => step));
  const later = (trainer?.log_history ?? []).flatMap(notesIn).filter(({ step }) => step > lastKnown);
  const totalSteps = trainer?.max_steps ?? 0;
  const start: RunNote = {
    type: "start",
    time: 0,
    resumedAt: 0,
    totalSteps,
    stepsPerEpoch: trainer === undefined ? 0 : totalSteps / (trainer.num_train_epochs || 1),
    labels: state?.labels ?? [],
    facts: state === undefined ? {} : { threads: state.threads },
    recipe: Object.fromEntries(Object.entries(recipe).map(([name, value]) => [snakeCase(name), value])),
  };
  return [start, ...known, ...later, ...(await ending(folder))];
}

async function stateIn({ folder }: CheckpointFolder) {
  const state = await readState(folder);
  return typeof state === "string" ? undefined : state;
}

async function trainerState(file: string): Promise<z.output<typeof trainerSchema> | undefined> {
  try {
    return trainerSchema.safeParse(parseJson(await readWholeText(file))).data;
  } catch {
    return undefined;
  }
}

function noteOf(event: HistoryEvent): (StepsNote | EvaluationNote)[] {
  if (event.type === "evaluation") return [evaluationNote(event)];
  if (event.type !== "log") return [];
  const { step, epoch, loss, gradNorm, learningRate } = event;
  return [{ type: "steps", step, epoch, loss, gradNorm, learningRate }];
}

/** The notes in an entry of Trainer's log. */
function notesIn(entry: Record<string, unknown>): (StepsNote | EvaluationNote)[] {
  const { data } = logSchema.safeParse(entry);
  if (data === undefined) return [];
  const { step, epoch, loss = null, grad_norm: gradNorm = null, learning_rate: learningRate = null } = data;
  if (entry.loss !== undefined) return [{ type: "steps", step, epoch, loss, gradNorm, learningRate }];
  if (entry.eval_loss === undefined) return [];
  const of = (name: NotedMetric) => data[`eval_${name}`] ?? null;
  const metrics = {
    loss: of("loss"),
    precision: of("precision"),
    recall: of("recall"),
    f1: of("f1"),
    accuracy: of("accuracy"),
  };
  return [{ type: "evaluation", split: "validation", step, epoch, metrics }];
}

/** The scores on the test set, and the end of a run. */
async function ending(folder: string): Promise<RunNote[]> {
  const result = (await readTrainingArgs(folder))?.result;
  if (result === undefined) return [];
  const { reason, steps: step, seconds, testMetrics } = result;
  const tested: EvaluationNote[] = testMetrics
    ? [{ type: "evaluation", split: "test", step, epoch: 0, metrics: testMetrics }]
    : [];
  return [...tested, { type: "end", reason, step, seconds }];
}
