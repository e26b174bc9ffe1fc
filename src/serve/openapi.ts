import swagger, { type FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import { z } from "zod";
import { ownVersion } from "../versions.js";
import { lineAnswer, problemAnswer } from "./answers.js";
import { line } from "./inputs.js";
import { PROBLEM_TYPE } from "./problems.js";
import type { Settings } from "./settings.js";

type Description = Parameters<NonNullable<FastifyDynamicSwaggerOptions["transformObject"]>>[0];

interface Operation {
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, { description?: string; content?: Record<string, { schema?: unknown }> }>;
}

const TEXT = { type: "string" };

/** Describes the interface in OpenAPI 3.1, from the schemas that check requests. Register it before the routes. */
export async function describe(app: FastifyInstance, { apiKeys }: Settings): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Nerium",
        description: "Named-entity recognition. Errors are application/problem+json (RFC 9457).",
        version: ownVersion(),
      },
      ...(apiKeys.length > 0 && {
        components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
        security: [{ bearer: [] }],
      }),
    },
    transform: jsonSchemaTransform,
    transformObject: completed,
  });
  app.get("/openapi.json", { config: { isOpen: true }, schema: { hide: true } }, async (_request, reply) =>
    reply.type("application/json").send(JSON.stringify(app.swagger())),
  );
}

/** Adds what routes do not say of themselves: errors, and the lines of NDJSON. */
function completed(
  description: Description,
): ReturnType<NonNullable<FastifyDynamicSwaggerOptions["transformObject"]>> {
  if (!("openapiObject" in description)) return description.swaggerObject;
  const { openapiObject } = description;
  const paths = openapiObject.paths as Record<string, Record<string, Operation>>;
  for (const { responses } of Object.values(paths).flatMap((path) => Object.values(path))) {
    for (const response of Object.values(responses)) {
      const { type } = (response.content?.["application/json"]?.schema ?? {}) as { type?: string };
      if (type === "string") response.content = { "text/plain": { schema: TEXT } };
    }
    responses.default = {
      ...{ description: "An error" },
      content: { [PROBLEM_TYPE]: { schema: z.toJSONSchema(problemAnswer) } },
    };
  }
  paths["/"]!.get!.responses[200]!.content!["text/html"] = { schema: TEXT };
  const { requestBody, responses } = paths["/v1/entities"]!.post!;
  const ndjson = (schema: z.ZodType, io: "input" | "output") => ({ schema: z.toJSONSchema(schema, { io }) });
  requestBody!.content["application/x-ndjson"] = ndjson(line, "input");
  responses[200]!.content!["application/x-ndjson"] = ndjson(lineAnswer, "output");
  return openapiObject;
}
