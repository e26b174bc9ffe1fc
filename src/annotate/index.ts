/** Very large corpora are annotated by many processes. The functions load the rest of the room when they are called. */
export type { AnnotationEstimate } from "./estimate.js";
export type { OutputFormat } from "./folder.js";
export type { InputFormat } from "./inputFiles.js";
export type { AnnotateOptions, AnnotateProgress } from "./options.js";
export { annotate, annotationStatus, estimateAnnotation, verifyAnnotation } from "./public.js";
export type { AnnotationStatus, RunningShard } from "./status.js";
export type { AnnotationCheck } from "./verify.js";
