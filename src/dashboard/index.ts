/** Curves of training runs in the browser. */
export { runRecorder } from "./recorder.js";
export { type DashboardServer, serveDashboard } from "./server.js";
