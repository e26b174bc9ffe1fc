import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { entitiesAnswer, resultOf } from "../answers.js";
import { requestInvalid } from "../errors.js";
import {
  type EntitiesBody,
  entitiesBody,
  entitiesQuery,
  inputsOf,
  nerOptions,
  requireSizes,
} from "../inputs.js";
import { recordOf, scopeOf } from "../requests.js";
import type { Serving } from "../serving.js";
import { LineSource, sendLines } from "./lines.js";

/** `POST /v1/entities`: JSON, or NDJSON as a stream. */
export function entityRoutes(app: FastifyInstance, serving: Serving): void {
  const { settings } = serving;
  // Passes the stream on, for the handler to read line by line.
  app.addContentTypeParser("application/x-ndjson", (_request, payload, done) =>
    done(null, new LineSource(payload as LineSource["stream"])),
  );
  app.withTypeProvider<ZodTypeProvider>().post(
    "/v1/entities",
    {
      config: { takesTexts: true },
      schema: {
        operationId: "findEntities",
        summary: "Find entities",
        description:
          "Finds the entities of a text, of several texts, or of words. Texts are read as a whole, in several windows if they are long. With content-type: application/x-ndjson, each line is a text (a string, or an object with text or words, and an id), the options are in the query, and the answer has one line for each, in order.",
        tags: ["entities"],
        body: entitiesBody(settings),
        querystring: entitiesQuery,
        response: { 200: entitiesAnswer },
      },
      preValidation: async ({ body }: FastifyRequest) => requireSizes(body, settings),
    },
    async (request, reply) => {
      if ((request.body as unknown) instanceof LineSource)
        return sendLines(serving, request.body as unknown as LineSource, request.query, request, reply);
      // Not `request.query`, which has defaults.
      if (/\?./.test(request.raw.url ?? ""))
        throw requestInvalid(
          "Invalid request: the options of a JSON request belong in its body, not in its address",
        );
      return answer(serving, request.body, request, reply);
    },
  );
}

async function answer(serving: Serving, body: EntitiesBody, request: FastifyRequest, reply: FastifyReply) {
  const { inputs, isList } = inputsOf(body);
  const reading = serving.reading(body.model);
  const record = recordOf(request);
  const model = reading.model.facts.name;
  Object.assign(record, { texts: inputs.length, model, ...(serving.settings.logTexts && { inputs }) });
  const scope = scopeOf(reply, serving, serving.settings);
  try {
    const found = await serving.entities({
      reading,
      inputs,
      options: nerOptions(body),
      kind: isList ? "batch" : "single",
      signal: scope.signal,
      times: record.times,
    });
    const results = found.map(resultOf);
    const { offset_unit } = body;
    return isList ? { model, offset_unit, results } : { model, offset_unit, ...results[0]! };
  } finally {
    scope.end();
  }
}
