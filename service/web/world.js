// The map of the world, made smaller than it comes: at the size of a page nobody sees the difference.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

import { quantize } from "topojson-client";
import { presimplify, quantile, simplify } from "topojson-simplify";

const SOURCE = new URL("./node_modules/world-atlas/countries-50m.json", import.meta.url);
const FOLDER = new URL("./generated/", import.meta.url);
const LEFT_OUT = 0.2; // share of the points, the least visible ones
const STEPS = 1e4; // of each coordinate

/** Write the shapes of the countries to `generated/world.json`, as TopoJSON. */
export function writeWorld() {
  const { countries } = JSON.parse(readFileSync(SOURCE, "utf8")).objects;
  const atlas = { ...JSON.parse(readFileSync(SOURCE, "utf8")), objects: { countries } };
  const weighed = presimplify(atlas);
  const world = quantize(simplify(weighed, quantile(weighed, LEFT_OUT)), STEPS);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(new URL("world.json", FOLDER), JSON.stringify(world));
}
