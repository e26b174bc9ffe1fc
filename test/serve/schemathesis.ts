/**
 * Runs schemathesis (PyPI) against the description of the interface that a server of a tiny model gives:
 *
 *     python -m venv DIR && DIR/bin/pip install schemathesis==4.32.5
 *     npm run schemathesis:serve -- --program DIR/bin/schemathesis [--examples 200] [--seed 1]
 *
 * It makes requests from the schemas, valid ones and others, and looks for errors of the server and for answers that the description
 * does not have. Ends with its exit code.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createServer } from "../../src/serve/index.js";
import { writeTinyModel } from "../infer/tinyModel.js";

const { values } = parseArgs({
  options: {
    program: { type: "string", default: "schemathesis" },
    examples: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
  },
});
/** Not the two that compare requests with schemas: too many texts are answered with 413, which they do not expect. */
const CHECKS = [
  ...["not_a_server_error", "status_code_conformance", "content_type_conformance", "unsupported_method"],
  ...["response_headers_conformance", "response_schema_conformance", "allow_header_conformance"],
];

const folder = mkdtempSync(join(tmpdir(), "nerium-schemathesis-"));
const server = createServer({
  models: { tiny: await writeTinyModel(join(folder, "model")) },
  port: 0,
  logLevel: "error",
});
const url = await server.listen();
await server.ready;
const child = spawn(
  values.program,
  [
    ...["run", `${url}/openapi.json`, "--url", url],
    ...["--max-examples", values.examples, "--seed", values.seed, "--phases", "examples,coverage,fuzzing"],
    ...["--checks", CHECKS.join(), "--continue-on-failure", "--no-color"],
  ],
  { stdio: "inherit", cwd: folder },
);
const [code] = await once(child, "exit");
await server.close();
rmSync(folder, { recursive: true });
process.exitCode = code;
