import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // No test needs the network: a name that no folder has is not asked for over it.
    env: { HF_HUB_OFFLINE: "1" },
    globalSetup: "scripts/vendor-onnxruntime.mjs",
    include: ["test/**/*.test.ts"],
    // Ends a test that hangs. Nothing else may depend on time: the machine may be busy with other things.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
