import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { modelsAnswer } from "../answers.js";
import type { Serving } from "../serving.js";

/** Probes, metrics, and what the server has. */
export function operationRoutes(app: FastifyInstance, serving: Serving): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const tags = ["operations"];
  typed.get(
    "/v1/models",
    {
      schema: {
        operationId: "listModels",
        summary: "List the models",
        tags: ["entities"],
        response: { 200: modelsAnswer },
      },
    },
    async () => ({ models: [...serving.models], default: serving.models[0]!.name }),
  );
  typed.get(
    "/healthz",
    {
      config: { isOpen: true, isProbe: true },
      schema: {
        operationId: "live",
        summary: "Whether the process is alive",
        tags,
        response: { 200: z.string() },
      },
    },
    async (_request, reply) =>
      reply.type("text/plain; charset=utf-8").header("cache-control", "no-store").send("ok"),
  );
  typed.get(
    "/readyz",
    {
      config: { isOpen: true, isProbe: true },
      schema: {
        operationId: "ready",
        summary: "Whether requests are answered",
        description:
          "503 while models are loaded, while the server is shutting down, and after a batch failed, until one works again.",
        tags,
        response: { 200: z.string(), 503: z.string() },
      },
    },
    async (_request, reply) => {
      const { unready } = serving;
      return reply
        .code(unready === undefined ? 200 : 503)
        .type("text/plain; charset=utf-8")
        .header("cache-control", "no-store")
        .send(unready ?? "ready");
    },
  );
  typed.get(
    "/metrics",
    {
      config: { isOpen: serving.settings.openMetrics, isProbe: true },
      schema: {
        operationId: "metrics",
        summary: "Metrics in Prometheus' format",
        tags,
        response: { 200: z.string() },
      },
    },
    async (_request, reply) => reply.type(serving.metrics.contentType).send(await serving.metrics.text()),
  );
}
