import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";

/** The reason why a recording cannot be replayed. It is thrown before anything is computed. */
export class NotReplayable extends Error {
  override readonly name = "NotReplayable";
}

const figure = z.number();

const run = z.object({
  arguments: z.record(z.string(), z.unknown()),
  /** A description of the sentences of each split. A string if there was no validation data. */
  data: z.union([z.string(), z.object({ train: z.string(), validation: z.string().optional() })]),
  labels: z.array(z.string()).optional(),
  /** The initial weights of a classifier that was not part of the model, row by row. */
  head: z.object({ weight: z.array(z.array(figure)), bias: z.array(figure) }).optional(),
  order: z.array(z.array(z.number().int())),
  steps: z.array(
    z.object({
      step: z.number().int(),
      loss: figure,
      /** Missing if Trainer did not clip. */
      grad_norm: figure.optional(),
      learning_rate: figure,
    }),
  ),
  evaluations: z
    .array(
      z.object({
        epoch: figure,
        eval_loss: figure,
        eval_precision: figure,
        eval_recall: figure,
        eval_f1: figure,
        eval_accuracy: figure,
      }),
    )
    .default([]),
  sample: z
    .array(z.object({ input_ids: z.array(z.number().int()), logits: z.array(z.array(figure)) }))
    .default([]),
});

const spans = z.record(z.string(), figure);

const selfDistances = z.array(
  z.object({
    run: z.string(),
    relative_loss_max: spans,
    relative_grad_norm_max: spans,
    eval_loss_max: figure,
    eval_f1_max: figure,
    weights_max_without_key_bias: figure,
  }),
);

/** The distance between two runs of HF Trainer that differ only in the number of threads. */
export type SelfDistance = z.infer<typeof selfDistances>[number];

/** A recorded run of HF Trainer, and the files next to it. */
export interface Recording extends z.infer<typeof run> {
  readonly name: string;
  /** The folder of run.json. */
  readonly folder: string;
  readonly file: string;
  /** The model before training, if the recording contains it. */
  readonly init: string | undefined;
  /** The weights after training. */
  readonly finalWeights: string | undefined;
  readonly self: SelfDistance | undefined;
}

/**
 * Reads a recording.
 *
 * @param path a file in the format of run.json, or the folder that contains run.json
 * @throws NotReplayable if the file is not a valid recording
 */
export function readRecording(path: string): Recording {
  if (!existsSync(path)) throw new NotReplayable(`${path} does not exist`);
  const file = resolve(statSync(path).isDirectory() ? join(path, "run.json") : path);
  if (!existsSync(file)) throw new NotReplayable(`${file} does not exist`);
  const folder = dirname(file);
  const name = basename(file) === "run.json" ? basename(folder) : basename(file, ".json");
  const recorded = parsed(run, file);
  const beside = (each: string) => (existsSync(join(folder, each)) ? join(folder, each) : undefined);
  const numbered = recorded.steps.every(({ step }, index) => step === index + 1);
  if (!numbered || recorded.steps.length === 0)
    throw new NotReplayable(
      `${file}: steps must be numbered 1, 2, 3 …: Trainer records every step with logging_steps=1`,
    );
  return {
    ...recorded,
    name,
    folder,
    file,
    init: beside("init"),
    finalWeights: beside("final.safetensors"),
    self: [folder, dirname(folder)]
      .map((each) => selfDistance(each, name))
      .find((each) => each !== undefined),
  };
}

function selfDistance(folder: string, name: string): SelfDistance | undefined {
  const file = join(folder, "self-distance.json");
  return existsSync(file) ? parsed(selfDistances, file).find((each) => each.run === name) : undefined;
}

function parsed<T>(schema: z.ZodType<T>, file: string): T {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new NotReplayable(`${file}: ${(error as Error).message}`);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new NotReplayable(`${file}: ${path.map(String).join(".")}: ${message}`);
}
