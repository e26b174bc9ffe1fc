/** The files in deploy/ fit the server: its addresses, settings and time limits. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { keyFile, resolvedSettings, settings, variableOf } from "../../src/serve/settings.js";
import { closeServers, held } from "./testServer.js";

closeServers();
const deploy = resolve(import.meta.dirname, "../../deploy");
const read = (name: string) => readFileSync(join(deploy, name), "utf8");
const variables = [...settings, keyFile].map(({ name }) => variableOf(name));
const { drainTimeout, port } = resolvedSettings({});

/** Every variable that a text names is a setting. */
function expectVariables(text: string): void {
  const named = text.match(/NERIUM_SERVE_\w+/g) ?? [];
  expect(named.length).toBeGreaterThan(0);
  for (const name of named) expect(variables).toContain(name);
}

it("Containerfile starts the server without rights, at the port that it exposes", () => {
  const text = read("Containerfile");
  expectVariables(text);
  expect(text).toMatch(/^USER 65534:65534$/m);
  expect(text).toMatch(new RegExp(`^EXPOSE ${port}$`, "m"));
  expect(text).toContain(`127.0.0.1:${port}/readyz`);
  const [, entry] = /^ENTRYPOINT (\[.*\])$/m.exec(text)!;
  const manifest = JSON.parse(readFileSync(join(deploy, "../package.json"), "utf8"));
  expect(JSON.parse(entry!)).toEqual(["node", `node_modules/nerium/${manifest.bin.nerium}`, "serve"]);
  const [, folder] = /^COPY my-model (\S+)$/m.exec(text)!;
  const [, command] = /^CMD (\[.*\])$/m.exec(text)!;
  expect(JSON.parse(command!)).toEqual([`ner=${folder}`]);
});

describe("kubernetes.yaml", () => {
  const text = read("kubernetes.yaml");
  const [deployment, service] = parseAllDocuments(text).map((document) => document.toJS());
  const { spec } = deployment.spec.template;
  const [container] = spec.containers;

  it("has settings of the server, and waits for what it finishes", () => {
    expectVariables(text);
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(drainTimeout);
    expect(service.spec.selector).toEqual(deployment.spec.template.metadata.labels);
    expect(service.spec.ports[0].targetPort).toBe(port);
    expect(container.ports[0].containerPort).toBe(port);
    expect(container.securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
    });
  });

  it("asks addresses that a server with tokens answers", async () => {
    const { server } = await held({ apiKeys: ["a-long-enough-key"], openMetrics: true });
    const { annotations } = deployment.spec.template.metadata;
    const paths = ["startupProbe", "livenessProbe", "readinessProbe"].map((probe) => {
      expect(container[probe].httpGet.port).toBe(port);
      return container[probe].httpGet.path;
    });
    expect(paths).toEqual(["/readyz", "/healthz", "/readyz"]);
    for (const path of [...paths, annotations["prometheus.io/path"]])
      expect((await server.get(path)).status, path).toBe(200);
  });
});

describe("nerium.service", () => {
  const text = read("nerium.service");

  it("has settings of the server, and waits for what it finishes", () => {
    expectVariables(text);
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(text)![1])).toBeGreaterThan(drainTimeout);
  });

  const hasTool = spawnSync("systemd-analyze", ["--version"]).status === 0 && existsSync("/usr/bin/node");
  it.skipIf(!hasTool)("is a valid unit (needs systemd-analyze)", () => {
    const { status, stderr } = spawnSync(
      "systemd-analyze",
      ["verify", "--man=no", join(deploy, "nerium.service")],
      { encoding: "utf8" },
    );
    expect([status, stderr]).toEqual([0, ""]);
  });
});
