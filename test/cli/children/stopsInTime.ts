// Works until it is interrupted, then takes half a minute to clean up, no time with "at once", one second with "soon".
import { leave, processIo } from "../../../src/cli/exit.js";

const io = processIo();
const work = setInterval(() => {}, 1000);
const release = io.onInterrupt(() => {
  io.stdout.write("stopping\n");
  setTimeout(end, { "at once": 0, soon: 1000 }[process.argv[2] ?? ""] ?? 30_000);
});
io.stdout.write("working\n");

function end() {
  io.stdout.write("saved\n");
  clearInterval(work);
  release();
  leave(0);
}
