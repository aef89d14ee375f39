// The colour scale: which colours, from which value to which.
const tables = once(name => block(header.colourMaps.find(map => map.name === name).table, Uint8Array));

// The 2nd and 98th percentile (or as header.percentiles says), linear between samples.
function percentiles(samples) {
  samples.sort();
  return [0.02, 0.98].map(p => {
    const at = p * (samples.length - 1), k = Math.floor(at);
    const next = samples[Math.min(k + 1, samples.length - 1)];
    return samples[k] + (at - k) * (next - samples[k]);
  });
}

// Finite values of some maps; of more than a million, every so manyth.
function samples(which) {
  const total = which.reduce((n, [s]) => n + columns(s).length, 0);
  const stride = Math.ceil(total / 1e6);
  const out = new Float32Array(total);
  let n = 0, at = 0;
  for (const [s, m] of which) {
    for (const value of values(s, m)) {
      if (at++ % stride === 0 && Number.isFinite(value)) out[n++] = value;
    }
  }
  return out.subarray(0, n);
}

const spread = once((s, m) => {
  const all = header.subjects.flatMap((subject, i) => subject.maps.map((_, k) => [i, k]));
  const found = samples(s < 0 ? all : [[s, m]]);
  return found.length ? percentiles(found) : [0, 0];
});

// symmetric: true, false, or null for where values have both signs.
function fitted(state) {
  let [low, high] = state.fit === 'map' ? spread(state.subject, state.map) : spread(-1, -1);
  const symmetric = state.symmetric ?? (low < 0 && high > 0);
  if (symmetric) {
    high = Math.max(Math.abs(low), Math.abs(high));
    low = -high;
  }
  if (low === high) [low, high] = low === 0 ? [symmetric ? -1 : 0, 1] : [low - Math.abs(low) / 2, high + Math.abs(high) / 2];
  return {low, high, symmetric};
}

function rounded(value) {
  return Number(value.toPrecision(3));
}

function shown(value) {
  if (Number.isNaN(value)) return 'no value';
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : '−infinite';
  const size = Math.abs(value);
  const text = size === 0 ? '0'
    : size >= 1e5 || size < 1e-3 ? value.toExponential(3) : String(Number(value.toPrecision(5)));
  return text.replace('-', '−');
}

// Round numbers from low to high, some four to six of them.
function ticks(low, high) {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [low];
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 2.5, 5, 10].map(k => k * power).find(s => span / s <= 5.01);
  const out = [];
  for (let k = Math.ceil(low / step - 1e-6); k * step <= high + step * 1e-6; k++) {
    out.push(Number((k * step).toPrecision(6)));
  }
  return out;
}

function drawBar(element, marks, scale) {
  const table = tables(scale.colours), stops = [];
  for (let i = 0; i <= 32; i++) {
    const k = 3 * Math.round(i / 32 * 255);
    stops.push(`rgb(${table[k]} ${table[k + 1]} ${table[k + 2]})`);
  }
  const at = value => 100 * (value - scale.low) / (scale.high - scale.low);
  const hidden = scale.threshold > 0
    ? [at(-scale.threshold), at(scale.threshold)].map(x => Math.min(100, Math.max(0, x))) : [0, 0];
  const grey = 'color-mix(in srgb, var(--soft) 35%, var(--ground))';
  element.style.background = `linear-gradient(90deg, transparent ${hidden[0]}%, ${grey} ${hidden[0]}% ` +
    `${hidden[1]}%, transparent ${hidden[1]}%), linear-gradient(90deg, ${stops.join(',')})`;
  marks.replaceChildren(...ticks(scale.low, scale.high).map(value => {
    const mark = document.createElement('span');
    mark.textContent = shown(value);
    mark.style.left = at(value) + '%';
    return mark;
  }));
}
