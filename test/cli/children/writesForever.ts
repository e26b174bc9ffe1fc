// Writes lines until somebody ends it; with "keep going" it ends by itself after the reader has gone.
import { leave, processIo } from "../../../src/cli/exit.js";
import { writeText } from "../../../src/cli/io.js";

const io = processIo();
const keepsGoing = process.argv[2] === "keep going";
if (keepsGoing) io.outliveOutput();
for (let line = 0; keepsGoing ? line < 2000 : true; line++) {
  await writeText(io.stdout, `${line} ${"x".repeat(1000)}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
io.stderr.write("reached the end\n");
leave(0);
