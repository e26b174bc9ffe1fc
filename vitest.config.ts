import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // No test needs the network: a name that no folder has is not asked for over it.
    env: { HF_HUB_OFFLINE: "1" },
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
