// The shapes of the world's countries, by ISO 3166 numeric code; and where each stands for arcs and marks.
import { geoArea, geoCentroid } from "d3-geo";
import { feature } from "topojson-client";

import worldUrl from "../../generated/world.json?url";

let asked = null;

/**
 * Return the shapes, asked for once: all of them, and those with a code by that.
 *
 * @returns {Promise<{shapes: object[], byCode: Map<string, object>}>}
 */
export function world() {
  asked ??= fetch(worldUrl)
    .then((response) => {
      if (!response.ok) throw new Error(`the map could not be fetched: ${response.status}`);
      return response.json();
    })
    .then((atlas) => {
      const shapes = feature(atlas, atlas.objects.countries).features;
      const byCode = new Map();
      for (const shape of shapes) {
        // A code may stand for two shapes ("036": Australia and a group of its islands); the larger one is meant.
        const other = shape.id && byCode.get(shape.id);
        if (shape.id && (!other || geoArea(shape) > geoArea(other))) byCode.set(shape.id, shape);
      }
      return { shapes, byCode };
    })
    .catch((error) => {
      asked = null;
      throw error;
    });
  return asked;
}

/** Return longitude and latitude of the middle of a shape's largest part: islands far away do not move it. */
export function place(shape) {
  if (shape.geometry.type !== "MultiPolygon") return geoCentroid(shape);
  const parts = shape.geometry.coordinates.map((coordinates) => ({ type: "Polygon", coordinates }));
  return geoCentroid(parts.reduce((one, other) => (geoArea(other) > geoArea(one) ? other : one)));
}
