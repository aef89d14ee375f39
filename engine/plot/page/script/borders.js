// Outlines: in which triangles a border between areas runs, and along which line. 0: none; 1, 2, 3:
// that corner is apart from the two others; 4: all three differ.
function borders(corners, group) {
  const out = new Uint8Array(corners.length);
  for (let t = 0; t < corners.length; t += 3) {
    const a = group[corners[t]], b = group[corners[t + 1]], c = group[corners[t + 2]];
    if (a === b && b === c) continue;
    const kind = b === c ? 1 : a === c ? 2 : a === b ? 3 : 4;
    out[t] = out[t + 1] = out[t + 2] = kind;
  }
  return out;
}

// What is outlined: a number per mesh vertex, borders run where it changes.
function outlined(mode, side, values, named) {
  const labels = areaLabels(side);
  if (mode === 'none') return new Uint16Array(MESH);
  if (mode === 'all') return labels;
  if (mode === 'groups') return labels.map(label => label && header.areas[label - 1].group);
  const kept = new Uint8Array(361);
  if (mode === 'named') {
    for (const label of named) kept[label] = 1;
  } else {
    for (let v = 0; v < MESH; v++) if (Number.isFinite(values[v])) kept[labels[v]] = 1;
  }
  return labels.map(label => kept[label] ? label : 0);
}
