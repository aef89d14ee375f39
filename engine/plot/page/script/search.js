// Finds an area by name and turns it to the viewer.
function offerAreas() {
  const names = header.areas.map(area => area.name);
  const both = names.filter(name => name.startsWith('L_')).map(name => name.slice(2));
  $('area-names').replaceChildren(...both.concat(names).map(name => {
    const option = document.createElement('option');
    option.value = name;
    return option;
  }));
}

// The label of an area named in full, or of a name without side: of the side that is shown, left
// where both are. 0: no such area.
function labelNamed(words) {
  const name = words.trim().toLowerCase();
  const side = state.side === 'right' ? 'r_' : 'l_';
  const find = wanted => header.areas.findIndex(area => area.name.toLowerCase() === wanted) + 1;
  return find(name) || find(side + name);
}

// The vertex of an area that is nearest to the middle of the area, and the direction it looks in.
function middleOf(side, label) {
  const surface = camera.surfaceIndex(state.surface), {positions, normals} = shape(surface, side);
  const labels = areaLabels(side), middle = [0, 0, 0], out = [0, 0, 0];
  let n = 0, best = -1, distance = Infinity;
  for (let v = 0; v < MESH; v++) {
    if (labels[v] !== label) continue;
    n++;
    for (let k = 0; k < 3; k++) {
      middle[k] += positions[3 * v + k];
      out[k] += normals[3 * v + k];
    }
  }
  if (n === 0) return null;
  for (let v = 0; v < MESH; v++) {
    if (labels[v] !== label) continue;
    const d = Math.hypot(...middle.map((x, k) => x / n - positions[3 * v + k]));
    if (d < distance) [distance, best] = [d, v];
  }
  return {vertex: best, out};
}

function goToArea(label) {
  const side = label > header.areas.length / 2 ? 1 : 0;
  const found = middleOf(side, label);
  if (!found) return;
  const changes = {zoom: 1, pan: [0, 0]};
  if (state.side !== 'both' && state.side !== SIDES[side]) changes.side = SIDES[side];
  if (!isFlat(camera.surfaceIndex(state.surface))) {
    const turned = facing(found.out, [0, 0, 1]);
    changes.turned = side ? [mirrored(turned), turned] : [turned, mirrored(turned)];
    if (state.side === 'both' && !PRESETS[state.preset].book) {
      // Kept together, both turn alike; the book shows both without one hiding the other.
      changes.preset = found.out[0] * (side ? 1 : -1) > 0 ? 'lateral' : 'medial';
    }
  }
  change(changes);
  pick(side, found.vertex);
}

function search() {
  const label = labelNamed($('search').value);
  const unknown = !label && $('search').value.trim() !== '';
  $('search').setCustomValidity(unknown ? 'no area of this name' : '');
  if (unknown) $('search').reportValidity();
  if (label) goToArea(label);
}
