import type { Engine } from "../engine.js";
import { onnxruntimeCpu } from "./onnxruntime/engine.js";

/** Returns the default engine. */
export const cpuEngine = (): Engine => onnxruntimeCpu;
