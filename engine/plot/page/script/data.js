// What page_data.h wrote: one JSON header, and blocks of little-endian numbers in base64.
const header = JSON.parse(document.getElementById('header').textContent);

function block(id, Kind) {
  const text = atob(document.getElementById(id).textContent);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return new Kind(bytes.buffer);
}

function once(make) {
  const made = new Map();
  return (...key) => {
    const name = key.join(' ');
    if (!made.has(name)) made.set(name, make(...key));
    return made.get(name);
  };
}

const MESH = 32492;
const SIDES = ['left', 'right'];
const FIRST = [0, 29696, 59412];  // grayordinates of the two hemispheres

// Mesh vertex of each cortical grayordinate of a side; and the inverse, -1 in the medial wall.
const meshVertices = once(side => block(header.vertices[side], Uint16Array));
const grayordinates = once(side => {
  const of = new Int32Array(MESH).fill(-1);
  meshVertices(side).forEach((vertex, k) => { of[vertex] = FIRST[side] + k; });
  return of;
});
// Area 1 .. 360 of each mesh vertex of a side, 0 in the medial wall.
const areaLabels = once(side => {
  const labels = new Uint16Array(MESH), all = block(header.labels, Uint16Array);
  meshVertices(side).forEach((vertex, k) => { labels[vertex] = all[FIRST[side] + k]; });
  return labels;
});
const columns = once(subject => block(header.subjects[subject].grayordinates, Uint16Array));
const values = once((subject, map) => block(header.subjects[subject].maps[map].values, Float32Array));

// Values of a map on a side's mesh, NaN where it has none.
function onMesh(subject, map, side) {
  const out = new Float32Array(MESH).fill(NaN);
  const at = columns(subject), from = values(subject, map), vertices = meshVertices(side);
  for (let c = 0; c < at.length; c++) {
    const k = at[c] - FIRST[side];
    if (k >= 0 && k < vertices.length) out[vertices[k]] = from[c];
  }
  return out;
}

// Sulcal depth from 0 (crown of a gyrus) to 1 (fundus), or nothing.
const sulci = once(side => {
  if (!header.sulc) return null;
  return Float32Array.from(block(header.sulc[side], Uint8Array), depth => depth / 255);
});
