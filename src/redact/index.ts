/** Taking names and numbers out of texts, and putting them back. */
export type { RedactedEntity } from "./document.js";
export { type FormatName, formatNames } from "./formats/names.js";
export { type Operator, operatorNames } from "./operators/operator.js";
export { type RedactOptions, redactSettings } from "./options.js";
export { type Redaction, Redactor, redact, redactStream } from "./redact.js";
export { type RestoreOptions, restore, restoreStream } from "./restore.js";
