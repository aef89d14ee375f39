// The settings: what they show, and what they change.
function options(select, names, chosen) {
  select.replaceChildren(...names.map((name, i) => {
    const option = element('option', name);
    option.value = i;
    return option;
  }));
  select.value = chosen;
}

function choice(id, attribute, chosen) {
  for (const button of $(id).children) {
    button.setAttribute(attribute, button.dataset.value === chosen);
  }
}

const titled = name => (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll('_', ' ');
const dark = () => state.theme === 'dark' ||
  (state.theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);

// The limits of the colour scale, whoever set them.
function limits() {
  const auto = fitted(state);
  if (state.fit !== 'given') return auto;
  return {...auto, low: state.low ?? auto.low, high: state.high ?? auto.high};
}

function colourMap(symmetric) {
  return state.colours || header.colourMaps.find(map => map.diverging === symmetric).name;
}

function showPanel(scale) {
  const subject = header.subjects[state.subject], surface = camera.surfaceIndex(state.surface);
  $('title').textContent = header.title || subject.maps[state.map].name;
  $('subtitle').textContent = header.title ? `${subject.name} · ${subject.maps[state.map].name}` : subject.name;
  document.title = `${subject.maps[state.map].name} · ${subject.name}`;
  $('subject').value = state.subject;
  $('map').value = state.map;
  $('map-before').disabled = state.map === 0;
  $('map-after').disabled = state.map === subject.maps.length - 1;
  $('surface').value = surface;
  choice('hemisphere', 'aria-checked', state.side);
  for (const button of $('hemisphere').children) button.tabIndex = button.dataset.value === state.side ? 0 : -1;
  choice('preset', 'aria-pressed', state.turned ? '' : state.preset);
  for (const button of $('preset').children) button.disabled = isFlat(surface);
  $('outlines').value = state.outlines;
  $('sulci').checked = state.sulci;
  $('colours').value = header.colourMaps.findIndex(map => map.name === scale.colours);
  for (const end of ['low', 'high']) {
    if (document.activeElement !== $(end)) $(end).value = rounded(scale[end]);
  }
  choice('fit', 'aria-pressed', state.fit);
  $('symmetric').checked = scale.symmetric;
  const most = Math.max(Math.abs(scale.low), Math.abs(scale.high));
  $('threshold').value = Math.round(100 * Math.min(1, scale.threshold / most));
  $('threshold-value').textContent = scale.threshold ? shown(rounded(scale.threshold)) : 'off';
  $('threshold').setAttribute('aria-valuetext', $('threshold-value').textContent);
  $('theme').textContent = dark() ? 'Light' : 'Dark';
  document.documentElement.dataset.theme = dark() ? 'dark' : 'light';
  drawBar($('bar-colours'), $('bar-ticks'), scale);
  $('bar-units').textContent = header.units;
}

function fillPanel() {
  options($('subject'), header.subjects.map(subject => subject.name), 0);
  $('subject-row').hidden = header.subjects.length < 2;
  options($('surface'), header.surfaces.map(surface => titled(surface.name)), 0);
  options($('colours'), header.colourMaps.map(map => titled(map.name)), 0);
  $('sulci-row').hidden = !header.sulc;
  if (header.named.length) {
    $('outlines').append(Object.assign(element('option', 'Chosen areas'), {value: 'named'}));
  }
  offerAreas();
}

let filled = -1;  // whose maps are offered
function fillMaps() {
  if (filled === state.subject) return;
  filled = state.subject;
  options($('map'), header.subjects[filled].maps.map(map => map.name), state.map);
}

function symmetric(on) {
  if (state.fit !== 'given') return change({symmetric: on});
  const {low, high} = limits(), most = Math.max(Math.abs(low), Math.abs(high));
  change(on ? {symmetric: on, low: -most, high: most} : {symmetric: on, fit: 'all'});
}

function given(end) {
  const value = $(end).valueAsNumber, {low, high} = limits();
  if (!Number.isFinite(value)) return change({});
  const next = {low, high, [end]: value};
  if (next.low >= next.high) {
    $(end).setCustomValidity('the lowest colour must be below the highest');
    $(end).reportValidity();
    return;
  }
  $('low').setCustomValidity('');
  $('high').setCustomValidity('');
  change({fit: 'given', symmetric: next.low === -next.high, ...next});
}

function listenPanel() {
  const on = (id, kind, act) => $(id).addEventListener(kind, act);
  on('subject', 'change', () => toSubject(Number($('subject').value)));
  on('map', 'change', () => change({map: Number($('map').value)}));
  on('map-before', 'click', () => toMap(-1));
  on('map-after', 'click', () => toMap(1));
  on('surface', 'change', () => toSurface(Number($('surface').value)));
  for (const button of $('hemisphere').children) {
    button.addEventListener('click', () => change({side: button.dataset.value, zoom: 1, pan: [0, 0]}));
  }
  on('hemisphere', 'keydown', event => {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!step) return;
    const all = ['left', 'both', 'right'], next = all[Math.min(2, Math.max(0, all.indexOf(state.side) + step))];
    change({side: next, zoom: 1, pan: [0, 0]});
    $('hemisphere').querySelector(`[data-value=${next}]`).focus();
  });
  for (const button of $('preset').children) {
    button.addEventListener('click', () => toPreset(button.dataset.value));
  }
  on('outlines', 'change', () => change({outlines: $('outlines').value}));
  on('sulci', 'change', () => change({sulci: $('sulci').checked}));
  on('colours', 'change', () => change({colours: header.colourMaps[$('colours').value].name}));
  for (const button of $('fit').children) {
    button.addEventListener('click', () => change({fit: button.dataset.value, low: null, high: null}));
  }
  on('low', 'change', () => given('low'));
  on('high', 'change', () => given('high'));
  on('symmetric', 'change', () => symmetric($('symmetric').checked));
  on('threshold', 'input', () => {
    const {low, high} = limits();
    change({threshold: Number($('threshold').value) / 100 * Math.max(Math.abs(low), Math.abs(high))});
  });
  on('search', 'change', search);
  on('search', 'input', () => $('search').setCustomValidity(''));
  on('card-close', 'click', () => change({picked: null, area: 0}));
  on('reset', 'click', resetView);
  on('picture', 'click', savePicture);
  on('link', 'click', copyLink);
  on('theme', 'click', () => change({theme: dark() ? 'light' : 'dark'}));
  on('help', 'click', () => $('keys').showModal());
  on('panel-toggle', 'click', () => togglePanel());
  togglePanel(matchMedia('(max-width: 760px)').matches);
}

function togglePanel(closed = !$('panel').classList.contains('closed')) {
  $('panel').classList.toggle('closed', closed);
  $('panel-toggle').setAttribute('aria-expanded', !closed);
}
