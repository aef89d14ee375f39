// Mouse, touch and keys on the cortex.
const held = new Map();  // pointers that are down: where they are
let moved = 0, hovering = null;

const middled = (x, y) => {  // millimetres from the middle of the canvas
  const box = $('cortex').getBoundingClientRect(), scale = camera.pixelsPerMillimetre();
  return [(x - box.left - box.width / 2) / scale, (box.top + box.height / 2 - y) / scale];
};

function drag(event) {
  const before = held.get(event.pointerId);
  const now = {x: event.clientX, y: event.clientY};
  held.set(event.pointerId, now);
  const [dx, dy] = [now.x - before.x, now.y - before.y];
  moved += Math.abs(dx) + Math.abs(dy);
  if (held.size === 2) return pinch(event.pointerId, before, now);
  if (moved < 4) return;
  $('cortex').classList.add('turning');
  const pans = event.shiftKey || event.buttons & 6 || isFlat(camera.surfaceIndex(state.surface));
  if (pans) {
    const scale = camera.pixelsPerMillimetre();
    change({pan: [state.pan[0] + dx / scale, state.pan[1] - dy / scale]}, true);
  } else {
    camera.rotate(dx * 0.008, dy * 0.008);
    change({}, true);
  }
}

function pinch(id, before, now) {
  const other = [...held].find(([key]) => key !== id)[1];
  const apart = p => Math.max(1, Math.hypot(p.x - other.x, p.y - other.y));
  const scale = camera.pixelsPerMillimetre();
  state.pan = [state.pan[0] + (now.x - before.x) / 2 / scale, state.pan[1] - (now.y - before.y) / 2 / scale];
  camera.zoomAt(apart(now) / apart(before), ...middled((now.x + other.x) / 2, (now.y + other.y) / 2));
  change({}, true);
}

function hover(event) {
  if (hovering) return;
  hovering = requestAnimationFrame(() => {
    hovering = null;
    const at = held.size ? null : under(event.clientX, event.clientY);
    $('hover').hidden = !at;
    if (!at) return;
    const about = describe(at.side, at.vertex), box = $('cortex').getBoundingClientRect();
    $('hover').textContent = `${about.area}   ${shown(about.value)}`;
    const x = event.clientX - box.left, y = event.clientY - box.top;
    $('hover').style.left = Math.min(x + 14, box.width - $('hover').offsetWidth - 6) + 'px';
    $('hover').style.top = Math.max(4, y - 34) + 'px';
  });
}

function listenPointer() {
  const canvas = $('cortex');
  canvas.addEventListener('pointerdown', event => {
    canvas.setPointerCapture(event.pointerId);
    if (held.size === 0) moved = 0;
    held.set(event.pointerId, {x: event.clientX, y: event.clientY});
    $('hover').hidden = true;
  });
  canvas.addEventListener('pointermove', event => {
    if (held.has(event.pointerId)) drag(event);
    else if (event.pointerType === 'mouse') hover(event);
  });
  const release = event => {
    const clicked = held.delete(event.pointerId) && moved < 4 && event.type === 'pointerup' && held.size === 0;
    if (held.size === 0) canvas.classList.remove('turning');
    if (!clicked || event.button > 0) return;
    const at = under(event.clientX, event.clientY);
    if (at) pick(at.side, at.vertex);
    else change({picked: null, area: 0});
  };
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);
  canvas.addEventListener('pointerleave', () => { $('hover').hidden = true; });
  canvas.addEventListener('contextmenu', event => event.preventDefault());
  canvas.addEventListener('wheel', event => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 18 : 1;
    camera.zoomAt(Math.exp(-event.deltaY * lines * 0.0014), ...middled(event.clientX, event.clientY));
    change({}, true);
  }, {passive: false});
  canvas.addEventListener('dblclick', resetView);
}

const turned = (right, down) => () => { camera.rotate(right, down); change({}); };
const zoomed = factor => () => { camera.zoomAt(factor, 0, 0); change({}); };
const KEYS = [
  {keys: ['ArrowLeft'], act: turned(-0.26, 0)}, {keys: ['ArrowRight'], act: turned(0.26, 0)},
  {keys: ['ArrowUp'], act: turned(0, -0.26)}, {keys: ['ArrowDown'], act: turned(0, 0.26)},
  {keys: ['+', '='], act: zoomed(1.25)}, {keys: ['-', '_'], act: zoomed(0.8)},
  {keys: ['l'], act: () => toPreset('lateral')}, {keys: ['m'], act: () => toPreset('medial')},
  {keys: ['d'], act: () => toPreset('dorsal')}, {keys: ['v'], act: () => toPreset('ventral')},
  {keys: ['a'], act: () => toPreset('anterior')}, {keys: ['p'], act: () => toPreset('posterior')},
  {keys: [',', '['], act: () => toMap(-1)}, {keys: ['.', ']'], act: () => toMap(1)},
  {keys: ['s'], act: () => toSubject((state.subject + 1) % header.subjects.length)},
  {keys: ['h'], act: () => change({side: {both: 'left', left: 'right', right: 'both'}[state.side], zoom: 1, pan: [0, 0]})},
  {keys: ['o'], act: () => change({outlines: {auto: 'all', all: 'groups', groups: 'none'}[state.outlines] || 'auto'})},
  {keys: ['u'], act: () => change({sulci: !state.sulci})},
  {keys: ['t'], act: () => change({theme: dark() ? 'light' : 'dark'})},
  {keys: ['0', 'Home'], act: resetView},
  {keys: ['/'], act: () => { togglePanel(false); $('search').focus(); $('search').select(); }},
  {keys: ['?'], act: () => $('keys').showModal()},
  {keys: ['Escape'], act: () => change({picked: null, area: 0})},
];
const HELP = [
  ['Drag', 'turn (on the flat map: move)'], ['Shift-drag', 'move; also the right button, two fingers'],
  ['Wheel, pinch', 'zoom'], ['Click', 'pick a vertex'], ['Double click, 0', 'reset the view'],
  ['Arrows, + −', 'turn, zoom'], ['Enter', 'pick the vertex in the middle'], ['Escape', 'forget the vertex'],
  ['L M D V A P', 'lateral, medial, dorsal, ventral, anterior, posterior'],
  ['H', 'left, right, both'], ['1 … 9', 'surface'], [', .', 'previous, next map'], ['S', 'next subject'],
  ['O', 'outlines'], ['U', 'sulci'], ['T', 'light or dark'], ['/', 'find an area'],
];

function listenKeys() {
  $('keys-list').replaceChildren(...HELP.flatMap(([a, b]) => [element('dt', a), element('dd', b)]));
  document.addEventListener('keydown', event => {
    const inField = event.target.closest('input, select, dialog, [role=radiogroup]');
    if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[1-9]$/.test(event.key)) return toSurface(Number(event.key) - 1);
    if (event.key === 'Enter' && event.target === $('cortex')) return pickMiddle();
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const known = KEYS.find(({keys}) => keys.includes(key));
    if (!known) return;
    event.preventDefault();
    known.act();
  });
}

// The vertex in the middle of the canvas, or of the side that is drawn left of it.
function pickMiddle() {
  const box = $('cortex').getBoundingClientRect();
  for (const across of [0.5, 0.27, 0.73]) {
    const at = under(box.left + across * box.width, box.top + box.height / 2);
    if (at) return pick(at.side, at.vertex);
  }
}
