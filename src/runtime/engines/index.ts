import type { Engine } from "../engine.js";
import { onnxruntimeCpu } from "./onnxruntime/engine.js";

/** The engine that computes where nobody names another. */
export const cpuEngine = (): Engine => onnxruntimeCpu;
