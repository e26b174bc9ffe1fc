import { z } from "zod";
import type { Analysis } from "../infer/index.js";

const entity = z.object({
  type: z.string().describe("PER, LOC …: the model's label without its prefix"),
  score: z.number().describe("How probable the model finds it, from 0 to 1"),
  text: z.string().describe("The entity as written in the text"),
  start: z
    .int()
    .describe("Where it begins in the text, and ends; for words, in the words joined with spaces"),
  end: z.int(),
  words: z.array(z.int()).describe("Indices of its words"),
  word: z.string().optional().describe("With aggregation_strategy: its tokens, as the tokenizer writes them"),
  label: z.string().optional().describe("With aggregation_strategy none: the model's label"),
  index: z.int().optional().describe("With aggregation_strategy none: the index of the token"),
});

/** What was found in a text. */
const result = z.object({
  entities: z.array(entity),
  windows: z.int().describe("Sequences that went through the model"),
  truncated: z.literal(false).describe("Texts are always read as a whole"),
});

const head = { model: z.string(), offset_unit: z.enum(["utf-16", "code-points"]) };

/** The answer of `POST /v1/entities`. */
export const entitiesAnswer = z.union([
  z.object({ ...head, ...result.shape }),
  z.object({ ...head, results: z.array(result) }).describe("For texts and sentences"),
]);

/** Returns what an answer says of a text. */
export const resultOf = ({ entities, windows }: Analysis): z.output<typeof result> => ({
  entities: entities as z.output<typeof entity>[],
  windows,
  truncated: false,
});

const pythonEntity = z.object({
  entity_group: z.string().optional().describe("The type"),
  entity: z.string().optional().describe("With aggregation_strategy none: the model's label"),
  score: z.number(),
  index: z.int().optional().describe("With aggregation_strategy none: the index of the token"),
  word: z.string(),
  start: z.int().describe("In code points, as Python counts"),
  end: z.int(),
});

/** The answer in Hugging Face's form; a list of lists for several inputs. */
export const huggingFaceAnswer = z.union([z.array(pythonEntity), z.array(z.array(pythonEntity))]);

const modelFacts = z.object({
  name: z.string(),
  ready: z.boolean().describe("Whether it has been loaded. Other facts of a model that has not are null."),
  types: z.array(z.string()).nullable().describe("The types of its entities"),
  family: z.string().nullable().describe("Its class in transformers, such as BertForTokenClassification"),
  maxTokens: z.int().nullable().describe("Longest window in tokens; longer texts are read in several"),
  dtype: z.string().nullable(),
  engine: z.string().nullable(),
  memoryBytes: z
    .number()
    .nullable()
    .describe("Memory that it took up; null if the program had loaded it before"),
});

/** The answer of `GET /v1/models`. */
export const modelsAnswer = z.object({
  models: z.array(modelFacts),
  default: z.string(),
  limits: z.object({
    maxTexts: z.int().describe("Most texts of a request, except NDJSON"),
    maxTextLength: z.int().describe("Most characters (UTF-16 units) of a text"),
  }),
});

/** An error (RFC 9457). */
export const problemAnswer = z.object({
  type: z.literal("about:blank"),
  title: z.string().describe("The name of the status"),
  status: z.int(),
  detail: z.string().describe("What happened and what to do"),
  code: z.string().describe("Stable identifier"),
  request_id: z.string(),
  error: z.string().optional().describe("In Hugging Face's form: the detail, which its clients show"),
});

/** The answer of `GET /`, if it is not asked for the page. */
export const indexAnswer = z.object({
  models: z.string(),
  entities: z.string(),
  openapi: z.string(),
  docs: z.string(),
});

/** A line of the answer in NDJSON. */
export const lineAnswer = z.union([
  z.object({ line: z.int(), id: z.union([z.string(), z.number()]).optional(), ...result.shape }),
  z.object({ line: z.int(), id: z.union([z.string(), z.number()]).optional(), error: problemAnswer }),
]);
