export { openTorchFile } from "./torchFile.js";
