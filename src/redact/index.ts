/** Taking names and numbers out of texts, and putting them back. */
export { readerOf } from "./formats/index.js";
export { type FormatName, formatNames } from "./formats/names.js";
export { requireCountries } from "./known.js";
export { type RedactOptions, redactSettings } from "./options.js";
export { Redactor } from "./redact.js";
export { restoreParts } from "./restore.js";
