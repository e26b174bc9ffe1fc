// Works until it is interrupted, then takes half a minute to clean up, or no time with "at once".
import { leave, processIo } from "../../../src/cli/exit.js";

const io = processIo();
const work = setInterval(() => {}, 1000);
const release = io.onInterrupt(() => {
  io.stdout.write("stopping\n");
  setTimeout(end, process.argv[2] === "at once" ? 0 : 30_000);
});
io.stdout.write("working\n");

function end() {
  io.stdout.write("saved\n");
  clearInterval(work);
  release();
  leave(0);
}
