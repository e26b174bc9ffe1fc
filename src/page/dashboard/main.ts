import "virtual:marks.css";
import "../style.css";
import "./dashboard.css";
import { score } from "../../evaluate/score.js";
import { count, duration, epochs, memory } from "../../figures.js";
import type { DashboardMessage, RunStatus } from "../../run/notes.js";
import { byId, element } from "../dom.js";
import { setUpTheme } from "../theme.js";
import { type Axis, Charts } from "./charts.js";
import { COLOURS, setUpColours } from "./colours.js";
import { row, showDetails } from "./details.js";
import { Run } from "./runs.js";

/** Milliseconds after which a connection that the server has refused is tried again. */
const AGAIN = 5000;

const STATUSES: Readonly<Record<RunStatus, string>> = {
  waiting: "waiting",
  running: "running",
  interrupted: "interrupted",
  finished: "finished",
  "early-stopping": "stopped early",
  stopped: "stopped",
  failed: "failed",
};

const axis = byId<HTMLSelectElement>("axis");
const choice = byId<HTMLSelectElement>("run");
const connection = byId("connection");

let runs = new Map<string, Run>();
/** Runs without curves. */
const hidden = new Set<string>();
let folders: readonly string[] = [];
let isDue = false;

const charts = new Charts(show);

function connect(): void {
  const source = new EventSource("./events");
  let isNew = false;
  source.addEventListener("open", () => {
    isNew = true;
    say("live");
  });
  source.addEventListener("message", ({ data }: MessageEvent<string>) => {
    const message = JSON.parse(data) as DashboardMessage;
    // Another server may have other runs.
    if (isNew) runs = new Map();
    isNew = false;
    take(message);
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      show();
    });
  });
  source.addEventListener("error", () => {
    const command = folders.length === 0 ? "" : `: nerium dashboard ${folders.join(" ")}`;
    say(`Not connected. If the dashboard has ended, start it again${command}`);
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(connect, AGAIN);
  });
}

function say(text: string): void {
  connection.dataset.live = String(text === "live");
  if (connection.textContent !== text) connection.textContent = text;
}

function take(message: DashboardMessage): void {
  if (message.type === "notes") {
    runs.get(message.id)?.take(message.notes, message.anew);
    return;
  }
  folders = message.folders;
  const before = runs;
  runs = new Map();
  for (const listed of message.runs) {
    const run = before.get(listed.id) ?? new Run(listed);
    run.listed = listed;
    runs.set(listed.id, run);
  }
}

function show(): void {
  const all = [...runs.values()];
  byId("shown").hidden = all.length === 0;
  byId("nothing").hidden = all.length > 0;
  byId("nothing").textContent = `No runs yet${folders.length === 0 ? "" : ` in ${folders.join(", ")}`}.`;
  if (all.length === 0) return;
  showRuns(all);
  const coloured = all.map((run, index) => ({ run, colour: index % COLOURS }));
  charts.show(
    coloured.filter(({ run }) => !hidden.has(run.listed.id)),
    axis.value as Axis,
  );
  showChoice(all);
  showDetails(runs.get(choice.value) ?? all[0]!);
}

function showRuns(all: readonly Run[]): void {
  const focused = document.activeElement?.getAttribute("data-run");
  const rows = all.map((run, index) => {
    const { id, name, folder, status } = run.listed;
    const dot = element("span", { className: "dot" });
    dot.style.setProperty("color", `var(--s${index % COLOURS})`);
    const toggle = element(
      "button",
      {
        type: "button",
        className: "quiet toggle",
        title: folder,
        "aria-pressed": String(!hidden.has(id)),
        "data-run": id,
      },
      dot,
      element("span", { className: "name" }, name),
    );
    toggle.addEventListener("click", () => {
      if (!hidden.delete(id)) hidden.add(id);
      show();
    });
    const { start, last, end, secondsLeft, seconds } = run;
    const total = start?.totalSteps ? `/${count(start.totalSteps)}` : "";
    const f1 = run.evaluations.at(-1)?.metrics.f1;
    return row(toggle, [
      element("span", { className: `status ${status}` }, STATUSES[status]),
      start === undefined ? "-" : `${count(Math.max(run.step, end?.step ?? 0))}${total}`,
      start === undefined ? "-" : epochs(run.epoch),
      figure(last?.loss, score),
      figure(f1, score),
      figure(run.bestF1, score),
      figure(last?.tokensPerSecond, count),
      figure(last?.memory, memory),
      figure(seconds, (value) => duration(Math.round(value))),
      figure(secondsLeft, (value) => duration(Math.round(value))),
    ]);
  });
  byId("runs").replaceChildren(...rows);
  if (focused)
    byId("runs")
      .querySelector<HTMLElement>(`[data-run="${CSS.escape(focused)}"]`)
      ?.focus();
}

const figure = (value: number | null | undefined, format: (value: number) => string): string =>
  value === null || value === undefined ? "-" : format(value);

function showChoice(all: readonly Run[]): void {
  byId("chosen").hidden = all.length < 2;
  const chosen = choice.value;
  const names = all.map(({ listed: { id, name } }) => `${id} ${name}`).join("\n");
  if (choice.dataset.names === names) return;
  choice.dataset.names = names;
  choice.replaceChildren(...all.map(({ listed: { id, name } }) => element("option", { value: id }, name)));
  if (runs.has(chosen)) choice.value = chosen;
}

// What is wider than the page scrolls on its own, also by keyboard.
for (const place of document.querySelectorAll<HTMLElement>(".scroll")) place.tabIndex = 0;
setUpTheme();
setUpColours(() => charts.recolour());
axis.addEventListener("change", show);
choice.addEventListener("change", show);
connect();
