import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Finding } from "../../redact/finding.js";
import type { AdHocRecogniser } from "../../redact/presidio/analyze.js";
import { anonymized, deanonymized } from "../../redact/presidio/anonymize.js";
import { anonymizers, deanonymizers } from "../../redact/presidio/operators.js";
import { CodePointOffsets } from "../../text/codePoints.js";
import { requestInvalid, textTooLong, tooManyTexts } from "../errors.js";
import { redactionLimits, redactionOf } from "../redaction.js";
import type { Serving } from "../serving.js";

const MOST_SPANS = 100_000;
const name = z.string().min(1).max(200);
const list = z.array(z.string().max(redactionLimits.textLength)).max(redactionLimits.terms);
const score = z.number().min(0).max(1);
const language = z.string().min(1).max(20);

const adHocRecognizer = z
  .looseObject({
    name: name.optional(),
    supported_entity: name.optional(),
    supported_entities: z.array(name).min(1).max(1).optional(),
    patterns: z
      .array(z.looseObject({ regex: z.string().max(1000), score }))
      .max(redactionLimits.patterns)
      .nullish()
      .describe("Regular expressions with JavaScript's syntax, without backreferences"),
    deny_list: list.nullish(),
    deny_list_score: score.optional(),
    context: list.nullish(),
  })
  .refine(
    ({ supported_entity: one, supported_entities: all }) => (one === undefined) !== (all === undefined),
    {
      error: "give supported_entity",
    },
  );

const analyzeBody = z
  .looseObject({
    text: z.union([z.string().min(1), z.array(z.string()).min(1)]),
    language: language.describe(
      "Must be given, as in Presidio. The model and the patterns are the same for all.",
    ),
    entities: z.array(name).max(1000).nullish(),
    score_threshold: score.nullish(),
    return_decision_process: z.boolean().nullish().describe("Whether analysis_explanation is filled in"),
    ad_hoc_recognizers: z.array(adHocRecognizer).max(redactionLimits.patterns).nullish(),
    context: list.nullish(),
    allow_list: list.nullish(),
    allow_list_match: z.enum(["exact", "regex"]).nullish(),
    regex_flags: z.int().nullish().describe("Python's flags: 2 ignores case, 8 is multiline, 16 is dotall"),
  })
  .meta({ example: { text: "Angela Merkel paid with 4111 1111 1111 1111.", language: "en" } });

const explanation = z.object({
  recognizer: z.string(),
  original_score: z.number(),
  score: z.number(),
  validation_result: z.boolean().nullable().describe("true if it has a check digit or was parsed as a whole"),
});
const finding = z.object({
  analysis_explanation: explanation.nullable(),
  end: z.int(),
  entity_type: z.string(),
  score: z.number(),
  start: z.int().describe("In code points, as Python counts"),
});

const key = z.string().max(1000).describe("16, 24 or 32 bytes in UTF-8. It is not stored and not logged.");
const anonymizer = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("replace"), new_value: z.string().max(10_000).nullish() }),
  z.looseObject({ type: z.literal("redact") }),
  z.looseObject({ type: z.literal("keep") }),
  z.looseObject({
    type: z.literal("mask"),
    masking_char: z.string().max(2),
    chars_to_mask: z.int(),
    from_end: z.boolean(),
  }),
  z.looseObject({
    type: z.literal("hash"),
    hash_type: z.enum(["sha256", "sha512"]).optional(),
    salt: z.string().max(10_000).optional(),
  }),
  z.looseObject({ type: z.literal("encrypt"), key }),
]);
const deanonymizer = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("decrypt"), key }),
  z.looseObject({ type: z.literal("deanonymize_keep") }),
]);
const span = z.looseObject({
  entity_type: name,
  start: z.int().min(0),
  end: z.int().min(0),
  score: z.number().nullish(),
});

const anonymizeBody = z
  .looseObject({
    text: z.string(),
    analyzer_results: z.array(span.extend({ score: z.number() })).max(MOST_SPANS),
    anonymizers: z.record(name, anonymizer).nullish(),
  })
  .meta({
    example: {
      text: "Angela Merkel paid.",
      analyzer_results: [{ entity_type: "PERSON", start: 0, end: 13, score: 0.9 }],
      anonymizers: { DEFAULT: { type: "mask", masking_char: "*", chars_to_mask: 6, from_end: true } },
    },
  });
const deanonymizeBody = z
  .looseObject({
    text: z.string(),
    anonymizer_results: z.array(span).max(MOST_SPANS),
    deanonymizers: z.record(name, deanonymizer),
  })
  .meta({
    example: {
      text: "Angela Merkel paid.",
      anonymizer_results: [{ entity_type: "PERSON", start: 0, end: 13 }],
      deanonymizers: { DEFAULT: { type: "deanonymize_keep" } },
    },
  });
const operatedText = z.object({
  text: z.string(),
  items: z.array(
    z.object({
      start: z.int(),
      end: z.int(),
      entity_type: z.string(),
      text: z.string(),
      operator: z.string(),
      score: z.number().nullable(),
    }),
  ),
});

/** The addresses of Presidio's analyzer and anonymizer, for their clients. Offsets are code points. */
export function presidioRoutes(app: FastifyInstance, serving: Serving): void {
  const { maxTexts, maxTextLength } = serving.settings;
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const tags = ["Presidio"];
  const config = { hasErrorField: true };
  const withTexts = {
    config: { ...config, takesTexts: true },
    preValidation: async ({ body }: FastifyRequest) => {
      const { text } = Object(body) as { text?: unknown };
      const texts = [text].flat();
      if (texts.length > maxTexts) throw tooManyTexts(texts.length, maxTexts);
      for (const each of texts)
        if (typeof each === "string" && each.length > maxTextLength)
          throw textTooLong("text", each.length, maxTextLength);
    },
  };
  typed.post(
    "/analyze",
    {
      ...withTexts,
      schema: {
        operationId: "presidioAnalyze",
        summary: "Find names and numbers, as Presidio's analyzer",
        tags,
        body: analyzeBody,
        response: { 200: z.union([z.array(finding), z.array(z.array(finding))]) },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const texts = [body.text].flat();
      const reading = serving.reading();
      const recognisers = (body.ad_hoc_recognizers ?? []).map(adHoc);
      if (recognisers.reduce((sum, each) => sum + each.patterns.length, 0) > redactionLimits.patterns)
        throw requestInvalid(`Invalid request: more than ${redactionLimits.patterns} patterns`);
      const { analyzed } = await import("../../redact/presidio/analyze.js");
      const found = await redactionOf({ serving, reading, texts, request, reply }, (reader, signal) =>
        analyzed(reader!, texts, {
          ...{ recognisers, signal, mostSteps: redactionLimits.mostSteps },
          entities: body.entities ?? undefined,
          threshold: body.score_threshold ?? 0,
          context: body.context ?? [],
          allow: body.allow_list ?? [],
          allowIsRegex: body.allow_list_match === "regex",
          flags: flagsOf(body.regex_flags ?? 26),
          modelTypes: reading.facts.types ?? [],
        }),
      );
      const answers = found.map((each, index) =>
        inPython(each, texts[index]!, body.return_decision_process ?? false),
      );
      return Array.isArray(body.text) ? answers : answers[0]!;
    },
  );
  typed.post(
    "/anonymize",
    {
      ...withTexts,
      schema: {
        operationId: "presidioAnonymize",
        summary: "Replace what was found, as Presidio's anonymizer",
        tags,
        body: anonymizeBody,
        response: { 200: operatedText },
      },
    },
    async (request, reply) => {
      const { text, analyzer_results: results, anonymizers: operators } = request.body;
      return redactionOf({ serving, reading: undefined, texts: [text], request, reply }, async () =>
        anonymized(text, results, operators ?? {}),
      );
    },
  );
  typed.post(
    "/deanonymize",
    {
      ...withTexts,
      schema: {
        operationId: "presidioDeanonymize",
        summary: "Decrypt values, as Presidio's anonymizer",
        tags,
        body: deanonymizeBody,
        response: { 200: operatedText },
      },
    },
    async (request, reply) => {
      const { text, anonymizer_results: results, deanonymizers: operators } = request.body;
      return redactionOf({ serving, reading: undefined, texts: [text], request, reply }, async () =>
        deanonymized(text, results, operators),
      );
    },
  );
  const names = z.array(z.string());
  const querystring = z.looseObject({ language: language.optional() });
  const supported = async () => {
    const analyze = await import("../../redact/presidio/analyze.js");
    return analyze.supported(serving.reading().facts.types ?? []);
  };
  const lists: [url: string, operationId: string, summary: string, of: () => Promise<readonly string[]>][] = [
    [
      "/supportedentities",
      "presidioEntities",
      "The types that are found",
      async () => (await supported()).types,
    ],
    [
      "/recognizers",
      "presidioRecognizers",
      "The names of what finds them",
      async () => (await supported()).recognisers,
    ],
    ["/anonymizers", "presidioAnonymizers", "The operators of /anonymize", async () => anonymizers],
    ["/deanonymizers", "presidioDeanonymizers", "The operators of /deanonymize", async () => deanonymizers],
  ];
  for (const [url, operationId, summary, of] of lists)
    typed.get(
      url,
      { config, schema: { operationId, summary, tags, querystring, response: { 200: names } } },
      async () => [...(await of())],
    );
}

function adHoc(given: z.output<typeof adHocRecognizer>, index: number): AdHocRecogniser {
  const { name, supported_entity, supported_entities, patterns, deny_list, deny_list_score, context } = given;
  return {
    name: name ?? `ad_hoc_${index + 1}`,
    type: supported_entity ?? supported_entities![0]!,
    patterns: patterns ?? [],
    denyList: deny_list ?? [],
    denyListScore: deny_list_score ?? 1,
    context: context ?? [],
  };
}

const FLAGS: readonly (readonly [number, string])[] = [
  [2, "i"],
  [8, "m"],
  [16, "s"],
];

/** Turns the flags of Python's `re` into those of JavaScript. */
function flagsOf(flags: number): string {
  const known = FLAGS.reduce((sum, [flag]) => sum | flag, 0);
  if ((flags & ~known) !== 0)
    throw requestInvalid("Invalid request: regex_flags can be a sum of 2, 8 and 16 only");
  return FLAGS.map(([flag, letter]) => ((flags & flag) === 0 ? "" : letter)).join("");
}

function inPython(found: readonly Finding[], text: string, explain: boolean): z.output<typeof finding>[] {
  const offsets = new CodePointOffsets(text);
  return found.map(({ type, start, end, score, certainty, recogniser }) => ({
    analysis_explanation: explain
      ? {
          recognizer: recogniser,
          original_score: score,
          score,
          validation_result: certainty === "checked" ? true : null,
        }
      : null,
    end: offsets.fromUnits(end),
    entity_type: type,
    score,
    start: offsets.fromUnits(start),
  }));
}
