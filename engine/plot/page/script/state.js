// What is shown, and the link that says so: everything that differs from how the page opens.
const opening = {
  subject: 0, map: 0, surface: header.surface, side: 'both', preset: 'lateral',
  colours: header.colours.map, fit: header.colours.fit, low: header.colours.low,
  high: header.colours.high, symmetric: header.colours.symmetric, threshold: header.colours.threshold,
  outlines: header.outlines, sulci: true, theme: 'auto', picked: null, area: 0,
  turned: null, zoom: 1, pan: [0, 0],
};
const state = structuredClone(opening);

const numbers = text => text.split(',').map(Number);
const whole = (text, below) => {
  const n = Number(text);
  return Number.isInteger(n) && n >= 0 && n < below ? n : undefined;
};
const among = (text, words) => words.includes(text) ? text : undefined;
const real = text => text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;

// How each part is read from a link; undefined: not something that it can be.
const readers = {
  subject: text => whole(text, header.subjects.length),
  map: text => whole(text, 1e6),
  surface: text => among(text, header.surfaces.map(surface => surface.name)),
  side: text => among(text, ['left', 'both', 'right']),
  preset: text => among(text, Object.keys(PRESETS)),
  colours: text => among(text, header.colourMaps.map(map => map.name)),
  fit: text => among(text, ['all', 'map', 'given']),
  low: real, high: real, threshold: real,
  symmetric: text => text === 'true' ? true : text === 'false' ? false : undefined,
  outlines: text => among(text, ['auto', 'all', 'groups', 'none', 'named']),
  sulci: text => text !== 'false',
  theme: text => among(text, ['auto', 'light', 'dark']),
  area: text => whole(text, 361),
  picked: text => {
    const [side, vertex] = numbers(text);
    return whole(side, 2) === undefined || whole(vertex, MESH) === undefined ? undefined
      : {side, vertex};
  },
  turned: text => {
    const q = numbers(text);
    if (q.length !== 8 || !q.every(Number.isFinite)) return undefined;
    const both = [q.slice(0, 4), q.slice(4)];
    return both.every(one => Math.hypot(...one) > 0.1) ? both.map(unit) : undefined;
  },
  zoom: text => { const z = real(text); return z && Math.min(40, Math.max(0.3, z)); },
  pan: text => { const p = numbers(text); return p.length === 2 && p.every(Number.isFinite) ? p : undefined; },
};

function written(key, value) {
  if (key === 'picked') return `${value.side},${value.vertex}`;
  if (key === 'turned') return value.flat().map(x => x.toFixed(4)).join(',');
  if (key === 'pan') return value.map(x => x.toFixed(2)).join(',');
  return String(typeof value === 'number' ? Number(value.toPrecision(6)) : value);
}

function toLink() {
  const words = new URLSearchParams();
  for (const key of Object.keys(readers)) {
    if (state[key] === null || JSON.stringify(state[key]) === JSON.stringify(opening[key])) continue;
    words.set(key, written(key, state[key]));
  }
  return words.toString();
}

function fromLink(text) {
  const words = new URLSearchParams(text.replace(/^#/, ''));
  const found = structuredClone(opening);
  for (const [key, read] of Object.entries(readers)) {
    const value = words.has(key) ? read(words.get(key)) : undefined;
    if (value !== undefined) found[key] = value;
  }
  found.map = Math.min(found.map, header.subjects[found.subject].maps.length - 1);
  return found;
}

let writingLink = 0;
function keepLink() {
  clearTimeout(writingLink);
  writingLink = setTimeout(() => {
    const words = toLink();
    history.replaceState(null, '', words ? '#' + words : location.pathname + location.search);
  }, 250);
}
