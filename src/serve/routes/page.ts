import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { indexAnswer } from "../answers.js";
import { notFound } from "../errors.js";
import {
  builtPage,
  CHECKED_ANEW,
  FOR_EVER,
  filesOf,
  type PageFile,
  pageFile,
  sendPageFile,
} from "../pageFiles.js";
import { docsHtml, docsScript, docsStyle } from "./docsPage.js";

/** The page at `/` to try the models, its files, and the page at `/docs` to try the interface. */
export function pageRoutes(app: FastifyInstance, folder = builtPage("page")): void {
  const files = filesOf(folder);
  const options = { config: { isOpen: true }, schema: { hide: true } };
  const send = (
    request: FastifyRequest,
    reply: FastifyReply,
    file: PageFile | undefined,
    caching: string,
  ) => {
    if (file === undefined) throw notFound();
    return sendPageFile(request, reply, file, caching);
  };
  const index = {
    operationId: "index",
    summary: "The page to try the models, or the addresses",
    tags: ["operations"],
    response: { 200: indexAnswer },
  };
  app.get("/", { config: { isOpen: true }, schema: index }, async (request, reply) => {
    void reply.header("vary", "accept");
    if (/text\/html/.test(request.headers.accept ?? "") && files.has("index.html"))
      return send(request, reply, files.get("index.html"), CHECKED_ANEW);
    return { models: "/v1/models", entities: "/v1/entities", openapi: "/openapi.json", docs: "/docs" };
  });
  app.get<{ Params: { "*": string } }>("/assets/*", options, async (request, reply) =>
    send(request, reply, files.get(`assets/${request.params["*"]}`), FOR_EVER),
  );
  const docs = {
    "/docs": pageFile(Buffer.from(docsHtml), ".html"),
    "/docs/page.js": pageFile(Buffer.from(docsScript), ".js"),
    "/docs/page.css": pageFile(Buffer.from(docsStyle), ".css"),
  };
  for (const [url, file] of Object.entries(docs))
    app.get(url, options, async (request, reply) => send(request, reply, file, CHECKED_ANEW));
}
