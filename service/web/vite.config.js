// How Vite bundles the scripts of the pages: one entry for each kind of page, what they share in chunks.
import { defineConfig } from "vite";

import { writeWorld } from "./world.js";

const ENTRIES = ["site", "query", "explore", "docs"];

export default defineConfig(() => {
  writeWorld();
  return {
    base: "./", // the service may stand below a path of its host, so that files find each other by where they are
    publicDir: false,
    logLevel: "warn",
    build: {
      outDir: "../static",
      emptyOutDir: true,
      manifest: "manifest.json",
      license: { fileName: "licences.md" }, // what others wrote goes out with their terms
      assetsInlineLimit: 0,
      modulePreload: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: Object.fromEntries(ENTRIES.map((name) => [name, `src/${name}.js`])),
        output: {
          entryFileNames: "[name]-[hash].js",
          chunkFileNames: "[name]-[hash].js",
          assetFileNames: "[name]-[hash][extname]",
        },
      },
    },
  };
});
