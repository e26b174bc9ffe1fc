import { z } from "zod";
import type { NerInput, NerOptions } from "../infer/index.js";
import { requestInvalid, textTooLong, tooManyTexts } from "./errors.js";

/** Limits on what one request may contain. */
export interface TextLimits {
  readonly maxTexts: number;
  readonly maxTextLength: number;
}

const STRATEGIES = ["none", "simple", "first", "average", "max"] as const;

const strategy = z
  .enum(STRATEGIES)
  .describe(
    "Groups tokens into entities as Python's pipeline does. If left out, entities consist of whole words, by the model's tag scheme.",
  );
const stride = z
  .int()
  .min(0)
  .describe("Tokens that neighbouring windows of a long text share; less than the model's longest window");
const ignoreLabels = z.array(z.string().max(1000)).max(1000);

const options = {
  model: z
    .string()
    .max(200)
    .optional()
    .describe("Name of the model. Default: the first model of the server."),
  aggregation_strategy: strategy.optional(),
  ignore_labels: ignoreLabels
    .optional()
    .describe("Types to leave out; labels with aggregation_strategy none. Default: O."),
  stride: stride.optional(),
  threshold: z.number().min(0).max(1).optional().describe("Leaves out entities with a lower score"),
  offset_unit: z
    .enum(["utf-16", "code-points"])
    .default("utf-16")
    .describe("What start and end count: UTF-16 units, as JavaScript does, or code points, as Python does"),
};

const words = z.array(z.string());

/** The fields that hold texts. */
const INPUTS = ["text", "texts", "words", "sentences"] as const;

/** The body of `POST /v1/entities`. The limits are part of its description; {@link requireSizes} checks them before. */
export const entitiesBody = ({ maxTexts, maxTextLength }: TextLimits) =>
  z
    .strictObject({
      text: z.string().meta({ maxLength: maxTextLength }).optional().describe("A text"),
      texts: z.array(z.string()).meta({ maxItems: maxTexts }).optional().describe("Several texts"),
      words: words.optional().describe("A sentence that is already split into words"),
      sentences: z
        .array(words)
        .meta({ maxItems: maxTexts })
        .optional()
        .describe("Several sentences that are already split into words, each read on its own"),
      ...options,
    })
    .superRefine(oneInput)
    .meta({ example: { text: "Angela Merkel visited Paris." } });

export type EntitiesBody = z.output<ReturnType<typeof entitiesBody>>;

function oneInput(body: Partial<Record<(typeof INPUTS)[number], unknown>>, context: z.RefinementCtx): void {
  if (INPUTS.filter((name) => body[name] !== undefined).length !== 1)
    context.addIssue({ code: "custom", message: `give one of ${INPUTS.join(", ")}` });
}

const number = z
  .string()
  .regex(/^\d+(\.\d+)?$/, "must be a number")
  .transform(Number);
const list = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => [given].flat().flatMap((part) => part.split(",").map((each) => each.trim())));

/** The query of `POST /v1/entities`: the options of a request in NDJSON. */
export const entitiesQuery = z.strictObject({
  ...options,
  ignore_labels: list.pipe(ignoreLabels).optional().describe("Types to leave out, separated by commas"),
  stride: number.pipe(stride).optional(),
  threshold: number
    .pipe(z.number().min(0).max(1))
    .optional()
    .describe("Leaves out entities with a lower score"),
});

export type EntitiesOptions = z.output<typeof entitiesQuery>;

/** A line of NDJSON that is an object. */
export const lineObject = z
  .strictObject({
    id: z
      .union([z.string().max(1000), z.number()])
      .optional()
      .describe("Appears in the answer as it is"),
    text: z.string().optional(),
    words: words.optional(),
  })
  .superRefine(({ text, words }, context) => {
    if ((text === undefined) === (words === undefined))
      context.addIssue({ code: "custom", message: "give one of text, words" });
  });

/** A line of NDJSON: a text, or an object. */
export const line = z.union([z.string(), lineObject]);

/** The body of Hugging Face's form. Further properties are allowed and ignored, as in its own servers. */
export const huggingFaceBody = ({ maxTexts, maxTextLength }: TextLimits) =>
  z
    .looseObject({
      inputs: z
        .union([
          z.string().meta({ maxLength: maxTextLength }),
          z.array(z.string()).meta({ maxItems: maxTexts }),
        ])
        .describe("A text, or several"),
      parameters: z
        .looseObject({
          aggregation_strategy: z.enum(STRATEGIES).optional().describe("Default: simple"),
          ignore_labels: ignoreLabels.optional().describe("Labels to leave out. Default: O."),
          stride: stride.optional(),
          grouped_entities: z
            .boolean()
            .optional()
            .describe("An old name: true is aggregation_strategy simple, false is none"),
        })
        .nullish(),
    })
    .meta({
      example: { inputs: "Angela Merkel visited Paris.", parameters: { aggregation_strategy: "simple" } },
    });

export type HuggingFaceBody = z.output<ReturnType<typeof huggingFaceBody>>;

/** The options of the library for those of a request. */
export const nerOptions = ({
  aggregation_strategy: aggregationStrategy,
  ignore_labels: ignoreLabels,
  stride,
  threshold,
  offset_unit: offsets,
}: EntitiesOptions): NerOptions => ({ aggregationStrategy, ignoreLabels, stride, threshold, offsets });

/** The inputs of the library for those of a request. `isList` tells whether the request has several. */
export function inputsOf({ text, texts, words, sentences }: EntitiesBody): {
  readonly inputs: readonly NerInput[];
  readonly isList: boolean;
} {
  if (text !== undefined) return { inputs: [text], isList: false };
  if (words !== undefined) return { inputs: [{ words }], isList: false };
  return { inputs: texts ?? sentences!.map((each) => ({ words: each })), isList: true };
}

/**
 * Checks how much a body contains, before its parts are looked at one by one. Ignores most of what else may be wrong with it.
 *
 * @throws NeriumError SERVE_TOO_MANY_TEXTS, SERVE_TEXT_TOO_LONG, SERVE_REQUEST_INVALID for words that are not texts
 */
export function requireSizes(body: unknown, { maxTexts, maxTextLength }: TextLimits): void {
  if (typeof body !== "object" || body === null) return;
  const { text, texts, words, sentences, inputs } = body as Record<string, unknown>;
  const requireLength = (where: string, value: unknown) => {
    const length = lengthOf(where, value);
    if (length > maxTextLength) throw textTooLong(where, length, maxTextLength);
  };
  requireLength("text", text);
  requireLength("words", words);
  if (typeof inputs === "string") requireLength("inputs", inputs);
  for (const [name, several] of Object.entries({ texts, sentences, inputs })) {
    if (!Array.isArray(several)) continue;
    if (several.length > maxTexts) throw tooManyTexts(several.length, maxTexts);
    for (const [index, each] of several.entries()) requireLength(`${name}[${index}]`, each);
  }
}

/** The length of a text, or of words that are joined with spaces. Of anything else it is 0. */
function lengthOf(where: string, value: unknown): number {
  if (typeof value === "string") return value.length;
  if (!Array.isArray(value)) return 0;
  const at = value.findIndex((word) => typeof word !== "string");
  if (at >= 0) throw requestInvalid(`Invalid request: ${where}[${at}] must be a text`);
  return (value as string[]).reduce((sum, word) => sum + word.length + 1, -1);
}

/** Issues that an answer shows. */
const SHOWN = 5;
const LONGEST = 200;

/**
 * Checks a value from a client.
 *
 * @param remedy where to find what is right, if the server does not describe itself at `/docs`
 * @throws NeriumError SERVE_REQUEST_INVALID
 */
export function checked<S extends z.ZodType>(schema: S, value: unknown, remedy?: string): z.output<S> {
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data;
  const issues = error.issues.slice(0, SHOWN).map(({ path, message }) => {
    const place = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`)).join("");
    return `${place.replace(/^\./, "")}${place === "" ? "" : ": "}${message}`.slice(0, LONGEST);
  });
  throw requestInvalid(`Invalid request: ${issues.join("; ")}`, remedy);
}
