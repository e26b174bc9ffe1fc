/** Asks for a model as a program of its own would: to be run beside others, and to be killed. */
import { modelFolder } from "../../../src/hub/modelFolder.js";

await modelFolder(process.argv[2]!);
