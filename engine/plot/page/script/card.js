// The card of the picked vertex.
const $ = id => document.getElementById(id);
const element = (kind, text) => {
  const made = document.createElement(kind);
  made.textContent = text;
  return made;
};

function describe(side, vertex) {
  const label = areaLabels(side)[vertex];
  const area = label ? header.areas[label - 1] : null;
  return {
    label, area: area ? area.name : 'Medial wall',
    group: area ? `${header.groups[area.group - 1]}, GlasserGroup_${area.group}` : 'no cortex',
    grayordinate: grayordinates(side)[vertex],
    value: onSide(side)[vertex],
  };
}

// Values of the map that is shown, on a side's mesh.
const meshValues = once(onMesh);
const onSide = side => meshValues(state.subject, state.map, side);

function columnOf(subject, grayordinate) {
  const at = columns(subject);
  let low = 0, high = at.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle] < grayordinate) low = middle + 1;
    else high = middle;
  }
  return at[low] === grayordinate ? low : -1;
}

function areaMean(side, label) {
  const labels = areaLabels(side), at = onSide(side);
  let sum = 0, n = 0;
  for (let v = 0; v < MESH; v++) {
    if (labels[v] === label && Number.isFinite(at[v])) {
      sum += at[v];
      n++;
    }
  }
  return n ? shown(sum / n) : 'no values';
}

function showCard() {
  $('card').hidden = !state.picked;
  if (!state.picked) return;
  const {side, vertex} = state.picked, about = describe(side, vertex);
  $('card-area').textContent = about.area;
  $('card-group').textContent = about.group;
  $('card-value').textContent = shown(about.value);
  const facts = [['Side', SIDES[side]], ['Mesh vertex', vertex.toLocaleString('en')],
    ['Grayordinate', about.grayordinate < 0 ? 'none' : about.grayordinate.toLocaleString('en')]];
  if (about.label) facts.push(['Area’s mean', areaMean(side, about.label)]);
  $('card-facts').replaceChildren(...facts.flatMap(([a, b]) => [element('dt', a), element('dd', b)]));
  showEveryMap(about.grayordinate);
}

function showEveryMap(grayordinate) {
  const maps = header.subjects[state.subject].maps;
  const column = columnOf(state.subject, grayordinate);
  const each = maps.map((_, m) => column < 0 ? NaN : values(state.subject, m)[column]);
  const finite = each.filter(Number.isFinite);
  $('card-maps').hidden = maps.length < 2 || finite.length === 0;
  if ($('card-maps').hidden) return;
  const high = Math.max(0, ...finite), low = Math.min(0, ...finite), span = high - low || 1;
  $('card-bars').replaceChildren(...each.map((value, m) => {
    const bar = document.createElement('button');
    bar.title = `${maps[m].name}: ${shown(value)}`;
    bar.setAttribute('aria-label', bar.title);
    bar.setAttribute('aria-current', m === state.map);
    const [top, bottom] = [Math.max(0, value), Math.min(0, value)];
    bar.style.setProperty('--top', `${100 * (high - top) / span}%`);
    bar.style.setProperty('--tall', Number.isFinite(value) ? `max(1px, ${100 * (top - bottom) / span}%)` : '0');
    bar.onclick = () => change({map: m});
    return bar;
  }));
}

function say(text) { $('spoken').textContent = text; }

function pick(side, vertex) {
  const about = describe(side, vertex);
  change({picked: {side, vertex}, area: about.label});
  say(`${about.area}, ${about.group}, ${shown(about.value)}`);
}
