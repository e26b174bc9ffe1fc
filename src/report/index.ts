/** What a model makes of a test set, as figures, Markdown or a page. */
export type { EvaluationReport, ModelReport, ReportedError } from "./facts.js";
export { reportPage } from "./html/page.js";
export { worstErrors } from "./listedErrors.js";
export { reportMarkdown } from "./markdown.js";
export { type ReportModelsOptions, reportModels } from "./reportModels.js";
