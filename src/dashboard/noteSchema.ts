import { z } from "zod";
import type { RunNote } from "../run/notes.js";

const figure = z.number().nullable();
const whole = z.number().min(0);
const optional = figure.optional();

const scores = z.object({ precision: figure, recall: figure, f1: figure, support: z.number() });

const noteSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("start"),
    time: z.number(),
    resumedAt: whole,
    totalSteps: whole,
    stepsPerEpoch: whole,
    labels: z.array(z.string()),
    facts: z.record(z.string(), z.number()),
    recipe: z.record(z.string(), z.unknown()),
  }),
  z.object({
    type: z.literal("steps"),
    step: whole,
    epoch: whole,
    loss: figure,
    gradNorm: figure,
    learningRate: figure,
    tokensPerSecond: optional,
    memory: optional,
    seconds: optional,
  }),
  z.object({
    type: z.literal("evaluation"),
    split: z.enum(["validation", "test"]),
    step: whole,
    epoch: whole,
    metrics: z.object({ loss: figure, precision: figure, recall: figure, f1: figure, accuracy: figure }),
    trainLoss: optional,
    strictF1: optional,
    types: z.record(z.string(), scores).optional(),
  }),
  z.object({
    type: z.literal("end"),
    reason: z.enum(["finished", "early-stopping", "stopped", "failed"]),
    step: whole,
    seconds: figure,
    message: z.string().optional(),
  }),
]);

/** Reads a line of a run's notes. Returns `undefined` if it is none: half a line, or one of a later version. */
export function noteIn(line: string): RunNote | undefined {
  try {
    return noteSchema.safeParse(JSON.parse(line)).data as RunNote | undefined;
  } catch {
    return undefined;
  }
}
