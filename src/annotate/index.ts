/** Very large corpora are annotated by many processes. */
export { annotate } from "./annotate.js";
export { type AnnotationEstimate, estimateAnnotation } from "./estimate.js";
export type { OutputFormat } from "./folder.js";
export type { InputFormat } from "./inputFiles.js";
export type { AnnotateOptions, AnnotateProgress } from "./options.js";
export { type AnnotationStatus, annotationStatus, type RunningShard } from "./status.js";
export { type AnnotationCheck, verifyAnnotation } from "./verify.js";
