import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { AggregationStrategy, Entity, GroupedEntity, TokenEntity } from "../../infer/index.js";
import { huggingFaceAnswer } from "../answers.js";
import { requestInvalid } from "../errors.js";
import { type HuggingFaceBody, huggingFaceBody, requireSizes } from "../inputs.js";
import { recordOf, scopeOf } from "../requests.js";
import type { Serving } from "../serving.js";

/** The form of Hugging Face's inference servers and clients. */
export function huggingFaceRoutes(app: FastifyInstance, serving: Serving): void {
  const { settings } = serving;
  const description =
    "The form of Hugging Face's inference endpoints, for its clients. The result is that of Python's pipeline, except that long texts are read as a whole.";
  const options = {
    config: { takesTexts: true, hasErrorField: true },
    preValidation: async ({ body }: FastifyRequest) => requireSizes(body, settings),
  };
  const schema = {
    description,
    tags: ["Hugging Face"],
    body: huggingFaceBody(settings),
    response: { 200: huggingFaceAnswer },
  };
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.post(
    "/",
    {
      ...options,
      schema: {
        ...schema,
        operationId: "tokenClassification",
        summary: "Find entities with the default model",
      },
    },
    (request, reply) => answer(serving, undefined, request.body, request, reply),
  );
  typed.post(
    "/models/:name",
    {
      ...options,
      schema: {
        ...schema,
        operationId: "tokenClassificationOf",
        summary: "Find entities with a model",
        params: z.object({ name: z.string() }),
      },
    },
    (request, reply) => answer(serving, request.params.name, request.body, request, reply),
  );
}

async function answer(
  serving: Serving,
  name: string | undefined,
  { inputs, parameters }: HuggingFaceBody,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const reading = serving.reading(name);
  const { model } = reading;
  const { stride, ignore_labels, grouped_entities } = parameters ?? {};
  const strategy = strategyOf(parameters ?? {});
  if (stride !== undefined && strategy === "none")
    throw requestInvalid("Invalid request: stride cannot be combined with aggregation_strategy none");
  if (grouped_entities !== undefined)
    void reply.header("warning", '299 - "grouped_entities is deprecated, use aggregation_strategy"');
  const several = [inputs].flat();
  const record = recordOf(request);
  Object.assign(record, {
    texts: several.length,
    model: model.facts.name,
    ...(serving.settings.logTexts && { inputs: several }),
  });
  const scope = scopeOf(reply, serving, serving.settings);
  try {
    const found = await serving.entities({
      reading,
      inputs: several,
      options: {
        aggregationStrategy: strategy,
        ignoreLabels: knownLabels(model.labels, strategy, ignore_labels),
        stride,
        offsets: "code-points",
      },
      kind: Array.isArray(inputs) ? "batch" : "single",
      signal: scope.signal,
      times: record.times,
    });
    const answers = found.map(({ entities }) => entities.map((each) => inPython(each, strategy)));
    return Array.isArray(inputs) ? answers : answers[0]!;
  } finally {
    scope.end();
  }
}

const strategyOf = ({
  aggregation_strategy,
  grouped_entities,
}: NonNullable<HuggingFaceBody["parameters"]>): AggregationStrategy =>
  aggregation_strategy ?? (grouped_entities === false ? "none" : "simple");

/** Python's pipeline ignores labels to leave out that the model does not have. */
function knownLabels(
  labels: readonly string[],
  strategy: AggregationStrategy,
  ignored: readonly string[] | undefined,
): readonly string[] | undefined {
  const names = strategy === "none" ? labels : labels.map((label) => label.slice(label.indexOf("-") + 1));
  return ignored?.filter((name) => name === "O" || names.includes(name));
}

/** An entity with the fields of Python's pipeline, in its order. */
function inPython(found: Entity, strategy: AggregationStrategy) {
  const { type, score, word, start, end } = found as GroupedEntity;
  if (strategy !== "none") return { entity_group: type, score, word, start, end };
  const { label, index } = found as TokenEntity;
  return { entity: label, score, index, word, start, end };
}
