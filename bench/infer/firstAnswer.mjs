// Starts Nerium in a new process and gets its first answer. Arguments: FOLDER THREADS DTYPE TEXT.
import { load } from "../../dist/index.js";

const [folder, threads, dtype, text] = process.argv.slice(2);
const ner = await load(folder, { threads: Number(threads), dtype });
console.log((await ner(text)).length);
await ner.dispose();
