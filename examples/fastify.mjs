// Nerium's server below a path of your own Fastify server: node examples/fastify.mjs MODEL [PORT]
import Fastify from "fastify";
import { createServer } from "nerium/serve";

const [model, port = "8080"] = process.argv.slice(2);
const ner = createServer({ models: { ner: model }, logLevel: "silent" });
await ner.app.ready();

const app = Fastify();
app.get("/hello", () => "hello");
app.register(async (below) => {
  // Bodies stay unread: Nerium reads them itself, with its limits, and NDJSON line by line.
  below.removeAllContentTypeParsers();
  below.addContentTypeParser("*", (_request, _body, done) => done(null));
  below.all("/ner/*", (request, reply) => {
    reply.hijack();
    request.raw.url = request.raw.url.slice("/ner".length);
    ner.app.routing(request.raw, reply.raw);
  });
});
// Finishes the requests in progress, then frees the model.
app.addHook("onClose", () => ner.close());

await ner.ready;
console.log(await app.listen({ port: Number(port) }));
process.once("SIGTERM", () => app.close());
