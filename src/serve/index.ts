/**
 * The package's entry `nerium/serve`: an HTTP server for models.
 *
 * @module nerium/serve
 */
export { isNeriumError, NeriumError, type NeriumWarning } from "../errors.js";
export type { LoadOptions, Ner } from "../infer/index.js";
export type { Dtype } from "../models/index.js";
export type { DeviceName, EngineName } from "../runtime/index.js";
export type { ModelFacts } from "./models.js";
export type { ServerOptions } from "./options.js";
export type { Problem } from "./problems.js";
export { createServer, type NeriumServer } from "./server.js";
