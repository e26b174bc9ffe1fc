// The other side of a run that reports, in a process of its own: a server that answers as MLflow's, and a client that
// reads a dashboard's events as a browser does. Gets `{ connect: URL }` or `{ connect: null }`, and answers when it is so.
import { createServer, get } from "node:http";

const ANSWERS = { "runs/create": { run: { info: { run_id: "1" } } } };
const server = createServer(async (request, answer) => {
  for await (const _ of request);
  answer.setHeader("content-type", "application/json");
  answer.end(JSON.stringify(ANSWERS[request.url.replace("/api/2.0/mlflow/", "")] ?? {}));
});
server.listen(0, "127.0.0.1", () => process.send({ mlflow: `http://127.0.0.1:${server.address().port}` }));

let reading;
let bytes = 0;
process.on("message", ({ connect }) => {
  reading?.destroy();
  reading = undefined;
  if (connect === null) return process.send({ bytes });
  reading = get(`${connect}/events`, (answer) => {
    answer.on("data", (chunk) => {
      bytes += chunk.length;
    });
    answer.on("error", () => {});
    process.send({ bytes });
  }).on("error", () => {});
});
process.on("disconnect", () => process.exit());
