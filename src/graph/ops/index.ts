export * from "./activation.js";
export * from "./arithmetic.js";
export * from "./gather.js";
export * from "./matmul.js";
export * from "./movement.js";
export * from "./normalisation.js";
export * from "./reduction.js";
