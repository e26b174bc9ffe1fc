/** Where people keep the figures of their runs: TensorBoard, MLflow, Trackio. */
export { tracked } from "./tracked.js";
export { type TrackingEdge, trackersNamed } from "./trackers.js";
