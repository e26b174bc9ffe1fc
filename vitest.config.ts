import { configDefaults, defineConfig } from "vitest/config";

/** Test files that replace modules, look at what has been loaded so far, or share servers: each has a process of its own. */
const apart = [
  "test/hostile/smallLimits.test.ts",
  "test/hub/limits.test.ts",
  "test/infer/release.test.ts",
  "test/runtime/engines/auto.test.ts",
  "test/runtime/engines/choice.test.ts",
  "test/runtime/engines/otherMachines.test.ts",
  "test/runtime/engines/webgpu.test.ts",
  "test/runtime/engines/webgpuLimit.test.ts",
  "test/serve/*.test.ts",
  "test/tokenize/loadTokenizer.test.ts",
  "test/train/checkpointThreads.test.ts",
  "test/train/deviceLost.test.ts",
  "test/train/optimizers/otherOptimizer.test.ts",
  "test/train/release.test.ts",
  "test/train/webgpu.test.ts",
];

/**
 * Accidents and attacks: processes killed at many moments, faults in every call, thousands of mutated files. They take as long as
 * all others. `npm test` leaves them out, `.ci/run` does not.
 */
const accidents = [
  "test/cli/kills/*.test.ts",
  "test/files/namespaces.test.ts",
  "test/hostile/{headerMemory,hostile,runCases}.test.ts",
  "test/hub/resend.test.ts",
  "test/pickle/mutated.test.ts",
  "test/runtime/{collector,lifetime}.test.ts",
  "test/train/crash/*.test.ts",
  "test/train/examples/windowCacheRace.test.ts",
];

export default defineConfig({
  test: {
    // No test needs the network: a name that no folder has is not asked for over it.
    env: { HF_HUB_OFFLINE: "1" },
    globalSetup: "scripts/vendor-onnxruntime.mjs",
    // Ends a test that hangs. Nothing else may depend on time: the machine may be busy with other things.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: "forks",
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...apart, ...accidents],
          // Loading the modules anew for each file takes longer than most tests.
          isolate: false,
        },
      },
      { extends: true, test: { name: "accidents", include: accidents, isolate: false } },
      { extends: true, test: { name: "apart", include: apart } },
    ],
  },
});
