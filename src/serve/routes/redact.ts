import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { formatNames } from "../../redact/formats/names.js";
import { operatorNames } from "../../redact/operators/operator.js";
import type { Redaction } from "../../redact/public.js";
import { CodePointOffsets } from "../../text/codePoints.js";
import { requireSizes, type TextLimits } from "../inputs.js";
import { redactionLimits, redactionOf } from "../redaction.js";
import type { Serving } from "../serving.js";

const types = z.array(z.string().max(200)).max(1000);
const terms = z.array(z.string().min(1).max(redactionLimits.textLength)).max(redactionLimits.terms);
const operator = z.union([
  z.enum(operatorNames),
  z.strictObject({
    type: z.literal("mask"),
    character: z.string().optional().describe("What stands for a letter or digit. Default: *."),
    keep_last: z.int().min(0).optional().describe("How many letters and digits at the end are kept"),
  }),
  z.strictObject({ type: z.literal("replace"), with: z.string().max(10_000) }),
]);
const key = z.string().max(10_000).describe("A secret of 16 bytes or more. It is not stored and not logged.");
const format = z.enum(formatNames).optional().describe("What the text is. Only text values change.");

const inputs = ({ maxTexts, maxTextLength }: TextLimits) => ({
  text: z.string().meta({ maxLength: maxTextLength }).optional().describe("A text"),
  texts: z.array(z.string()).meta({ maxItems: maxTexts }).optional().describe("Several texts"),
});

const oneInput = ({ text, texts }: { text?: unknown; texts?: unknown }, context: z.RefinementCtx) => {
  if ((text === undefined) === (texts === undefined))
    context.addIssue({ code: "custom", message: "give one of text, texts" });
};

const redactBody = (limits: TextLimits) =>
  z
    .strictObject({
      ...inputs(limits),
      model: z.string().max(200).optional().describe("Name of the model. Default: the first model."),
      patterns_only: z.boolean().default(false).describe("Use no model: find only what patterns find"),
      operators: z
        .record(z.string().max(200), operator)
        .optional()
        .describe("What to put in the place of each type; DEFAULT is for all others"),
      key: key.optional(),
      map: z
        .boolean()
        .optional()
        .describe("Also answer with an encrypted map of the placeholders, for /v1/restore. Needs a key."),
      include: types.optional().describe("Types to find as well: DATE_TIME, NUMBER"),
      exclude: types.optional().describe("Types to leave alone"),
      only: types.optional().describe("The only types to find"),
      countries: z.array(z.string().max(10)).max(300).optional().describe("Where the texts come from"),
      types: z
        .record(z.string().max(200), z.string().max(200))
        .optional()
        .describe("What types of the model are called"),
      allow: terms.optional().describe("Texts that are never redacted"),
      terms: z
        .record(z.string().max(200), terms)
        .optional()
        .describe("Texts that are always redacted, by type"),
      patterns: z
        .record(z.string().max(200), z.string().max(1000))
        .optional()
        .describe("Regular expressions of what is redacted, by type"),
      threshold: z.number().min(0).max(1).optional().describe("Leaves out entities with a lower score"),
      format,
      numbers: z.enum(["document", "all"]).optional().describe("Where placeholders count from 1"),
      offset_unit: z
        .enum(["utf-16", "code-points"])
        .default("utf-16")
        .describe(
          "What start and end count: UTF-16 units, as JavaScript does, or code points, as Python does",
        ),
    })
    .superRefine((body, context) => {
      oneInput(body, context);
      const lists = Object.values(body.terms ?? {}).reduce((sum, list) => sum + list.length, 0);
      if (lists > redactionLimits.terms)
        context.addIssue({ code: "custom", message: `more than ${redactionLimits.terms} terms` });
      if (Object.keys(body.patterns ?? {}).length > redactionLimits.patterns)
        context.addIssue({ code: "custom", message: `more than ${redactionLimits.patterns} patterns` });
    })
    .meta({ example: { text: "Angela Merkel paid with 4111 1111 1111 1111." } });

type RedactBody = z.output<ReturnType<typeof redactBody>>;

const redacted = z.object({
  text: z.string().describe("The text with what was found replaced"),
  entities: z.array(
    z.object({
      type: z.string(),
      start: z.int().describe("Where it was in the text that was sent"),
      end: z.int(),
      score: z.number(),
      recogniser: z.string().describe("What found it: model, or the name of a recogniser"),
      replacement: z.string(),
    }),
  ),
  map: z.string().optional(),
});
const head = { offset_unit: z.enum(["utf-16", "code-points"]) };

const restoreBody = (limits: TextLimits) =>
  z
    .strictObject({ ...inputs(limits), key, map: z.string().optional(), format })
    .superRefine(oneInput)
    .meta({ example: { text: "[PERSON:…] called.", key: "a secret of 16 bytes or more" } });

/** `POST /v1/redact` and `POST /v1/restore`. */
export function redactRoutes(app: FastifyInstance, serving: Serving): void {
  const { settings } = serving;
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const options = {
    config: { takesTexts: true },
    preValidation: async ({ body }: FastifyRequest) => requireSizes(body, settings),
  };
  typed.post(
    "/v1/redact",
    {
      ...options,
      schema: {
        operationId: "redact",
        summary: "Take names and numbers out of texts",
        description:
          "What the model finds is joined with patterns that have check digits. The options are those of nerium redact.",
        tags: ["redaction"],
        body: redactBody(settings),
        response: {
          200: z.union([
            z.object({ ...head, ...redacted.shape }),
            z.object({ ...head, results: z.array(redacted) }).describe("For texts"),
          ]),
        },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const reading = body.patterns_only ? undefined : serving.reading(body.model);
      const texts = body.texts ?? [body.text!];
      const [{ redactTexts }, { redactSettings }] = await Promise.all([
        import("../../redact/redact.js"),
        import("../../redact/options.js"),
      ]);
      const results = await redactionOf({ serving, reading, texts, request, reply }, (reader, signal) =>
        redactTexts(
          reader,
          texts,
          redactSettings("redact", { ...optionsOf(body), signal }, redactionLimits.mostSteps),
        ),
      );
      const { offset_unit } = body;
      const answers = results.map((result, index) => answerOf(result, texts[index]!, offset_unit));
      return body.texts === undefined ? { offset_unit, ...answers[0]! } : { offset_unit, results: answers };
    },
  );
  typed.post(
    "/v1/restore",
    {
      ...options,
      schema: {
        operationId: "restore",
        summary: "Put back what /v1/redact encrypted, or replaced by placeholders of a map",
        tags: ["redaction"],
        body: restoreBody(settings),
        response: {
          200: z.union([z.object({ text: z.string() }), z.object({ texts: z.array(z.string()) })]),
        },
      },
    },
    async (request, reply) => {
      const { text, texts, ...how } = request.body;
      const all = texts ?? [text!];
      const { restore } = await import("../../redact/public.js");
      const restored = await redactionOf({ serving, reading: undefined, texts: all, request, reply }, () =>
        Promise.all(all.map((each) => restore(each, how))),
      );
      return texts === undefined ? { text: restored[0]! } : { texts: restored };
    },
  );
}

/** The options of the library for those of a request. */
function optionsOf({ text, texts, model, patterns_only, offset_unit, operators, ...same }: RedactBody) {
  const renamed = Object.entries(operators ?? {}).map(([type, operator]) => {
    if (typeof operator === "string" || operator.type === "replace") return [type, operator] as const;
    const { keep_last: keepLast, ...mask } = operator;
    return [type, { ...mask, ...(keepLast !== undefined && { keepLast }) }] as const;
  });
  return { ...same, operators: Object.fromEntries(renamed) };
}

/** What an answer says of a text. */
function answerOf(
  { entities, ...others }: Redaction,
  text: string,
  unit: RedactBody["offset_unit"],
): z.output<typeof redacted> {
  const offsets = new CodePointOffsets(text);
  const placed = (units: number) => (unit === "utf-16" ? units : offsets.fromUnits(units));
  return {
    ...others,
    entities: entities.map((each) => ({ ...each, start: placed(each.start), end: placed(each.end) })),
  };
}
