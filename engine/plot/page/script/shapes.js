// Surfaces: positions in millimetres, normals, boxes.
const isFlat = surface => header.surfaces[surface].flat;
const triangles = once(id => block(id, Uint16Array));

const shape = once((surface, side) => {
  const about = header.surfaces[surface].sides[side];
  const steps = block(about.positions, Int16Array);
  const positions = new Float32Array(3 * MESH);
  for (let i = 0; i < steps.length; i++) {
    positions[i] = about.centre[i % 3] + steps[i] * about.step;
  }
  const corners = triangles(about.triangles);
  const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  for (const vertex of corners) {
    for (let k = 0; k < 3; k++) {
      const x = positions[3 * vertex + k];
      if (x < low[k]) low[k] = x;
      if (x > high[k]) high[k] = x;
    }
  }
  return {positions, low, high, corners: about.triangles,
          normals: isFlat(surface) ? flatNormals() : normals(positions, corners)};
});

function flatNormals() {
  const out = new Float32Array(3 * MESH);
  for (let i = 2; i < out.length; i += 3) out[i] = 1;
  return out;
}

// Sums of the triangles' normals, each as long as its area.
function normals(positions, corners) {
  const out = new Float32Array(3 * MESH);
  for (let t = 0; t < corners.length; t += 3) {
    const [a, b, c] = [3 * corners[t], 3 * corners[t + 1], 3 * corners[t + 2]];
    const ux = positions[b] - positions[a], uy = positions[b + 1] - positions[a + 1],
      uz = positions[b + 2] - positions[a + 2], vx = positions[c] - positions[a],
      vy = positions[c + 1] - positions[a + 1], vz = positions[c + 2] - positions[a + 2];
    const nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
    for (const v of [a, b, c]) {
      out[v] += nx;
      out[v + 1] += ny;
      out[v + 2] += nz;
    }
  }
  for (let i = 0; i < out.length; i += 3) {
    const length = Math.hypot(out[i], out[i + 1], out[i + 2]) || 1;
    for (let k = 0; k < 3; k++) out[i + k] /= length;
  }
  return out;
}

// Where the hemispheres of a surface stand beside each other: shifts along x, so that they are at
// least `gap` apart, and the box of both.
const standing = once(surface => {
  const [left, right] = [shape(surface, 0), shape(surface, 1)];
  const overlap = left.high[0] - right.low[0];
  // Anatomical surfaces touch at the midline as they are; inflated ones overlap.
  const apart = overlap > 6 || isFlat(surface) ? Math.max(0, overlap + 10) / 2 : 0;
  const low = left.low.map((x, k) => Math.min(x - (k ? 0 : apart), right.low[k] + (k ? 0 : apart)));
  const high = left.high.map((x, k) => Math.max(x - (k ? 0 : apart), right.high[k] + (k ? 0 : apart)));
  return {shift: [-apart, apart], low, high};
});
