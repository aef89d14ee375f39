// Puts it together: one state, one way to change it, one way to draw it.
let camera, renderer, asked = 0;
let drawn = {};  // of what the renderer's memory holds

function currentScale() {
  const scale = limits();
  return {...scale, colours: colourMap(scale.symmetric), threshold: state.threshold};
}

// Uploads what differs from what was drawn before.
function upload(scale) {
  const renew = (key, value, act) => {
    if (drawn[key] === value) return;
    act();
    drawn[key] = value;
  };
  renew('colours', scale.colours, () => renderer.setColours(tables(scale.colours)));
  for (const side of [0, 1]) {
    if (!camera.shown()[side]) continue;
    for (const [end, name] of [['from', camera.from], ['to', camera.to]]) {
      renew(`${end} ${side}`, name, () => {
        const {positions, normals} = shape(camera.surfaceIndex(name), side);
        renderer.setVertices(side, end + 'Place', positions);
        renderer.setVertices(side, end + 'Normal', normals);
      });
    }
    // A flat map's triangles are fewer: it is cut. On the way to and from it they are what is drawn.
    const indices = [camera.from, camera.to].map(name => camera.surfaceIndex(name));
    const cut = isFlat(indices[0]) ? indices[0] : indices[1];
    const corners = shape(cut, side).corners;
    renew(`corner ${side}`, corners, () => renderer.setCorners(side, 'corner', triangles(corners)));
    renew(`data ${side}`, `${state.subject} ${state.map}`, () => renderer.setVertices(side, 'data', rows(side)));
    const lines = `${corners} ${state.outlines} ${state.outlines === 'auto' ? `${state.subject} ${state.map}` : ''}`;
    renew(`border ${side}`, lines, () => renderer.setCorners(side, 'border',
      borders(triangles(corners), outlined(state.outlines, side, onSide(side), header.named))));
    renew(`chosen ${side}`, `${corners} ${state.area}`, () => renderer.setCorners(side, 'chosen',
      borders(triangles(corners), areaLabels(side).map(label => state.area && label === state.area ? 1 : 0))));
  }
}

// Per vertex: its value (0 without one), whether it has one, sulcal depth.
function rows(side) {
  const out = new Float32Array(3 * MESH), at = onSide(side), depth = sulci(side);
  for (let v = 0; v < MESH; v++) {
    const known = Number.isFinite(at[v]);
    out[3 * v] = known ? at[v] : 0;
    out[3 * v + 1] = known ? 1 : 0;
    out[3 * v + 2] = depth ? depth[v] : 0.35;
  }
  return out;
}

const ratio = () => Math.min(3, window.devicePixelRatio || 1);

function drawNow() {
  const canvas = $('cortex'), scale = currentScale();
  const [width, height] = camera.size().map(size => Math.max(1, Math.round(size * ratio())));
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  upload(scale);
  const view = camera.view();
  view.look = {
    density: ratio(), range: [scale.low, scale.high, scale.threshold, state.sulci && header.sulc ? 1 : 0],
    gyrus: dark() ? [0.66, 0.66, 0.67] : [0.86, 0.86, 0.855], sulcus: dark() ? [0.42, 0.42, 0.43] : [0.66, 0.66, 0.655],
    ink: dark() ? [0.02, 0.02, 0.03, 0.85] : [0.08, 0.08, 0.1, 0.72],
  };
  view.spot = state.picked && camera.clip(view, state.picked.side, state.picked.vertex, 2.5);
  renderer.draw(view, width, height);
  markSides(view);
  return view;
}

function markSides(view) {
  const [w, h] = camera.size();
  ['left-mark', 'right-mark'].forEach((id, k) => {
    const at = view.sides[k];
    $(id).hidden = !at;
    if (!at) return;
    const high = at.extent[view.flatness > 0.5 ? 1 : PRESETS[state.preset].high] / 2 + 9;
    const x = at.place[0] * view.frame[0] + view.frame[2], y = (at.place[1] + high) * view.frame[1] + view.frame[3];
    $(id).style.left = (1 + x) / 2 * w + 'px';
    $(id).style.top = (1 - y) / 2 * h + 'px';
  });
}

function frame(now) {
  asked = 0;
  const more = camera.step(now);
  drawNow();
  if (more) redraw();
}

function redraw() { asked ||= requestAnimationFrame(frame); }

// Changes the state; at once, or on the way there for people to see where things go.
function change(changes, quick = false) {
  Object.assign(state, changes);
  const scale = currentScale();
  fillMaps();
  showPanel(scale);
  showCard();
  camera.go(quick);
  redraw();
  keepLink();
}

// The mesh vertex under a place of the page, or null.
function under(x, y) {
  const canvas = $('cortex'), box = canvas.getBoundingClientRect();
  const px = Math.floor((x - box.left) * canvas.width / box.width);
  const py = canvas.height - 1 - Math.floor((y - box.top) * canvas.height / box.height);
  if (px < 0 || py < 0 || px >= canvas.width || py >= canvas.height) return null;
  const found = renderer.under(camera.view(), px, py, canvas.width, canvas.height);
  return found && {side: found.side, vertex: triangles(drawn[`corner ${found.side}`])[found.corner]};
}

function fail(text) {
  $('message').textContent = text;
  $('message').hidden = false;
}

function begin() {
  Object.assign(state, fromLink(location.hash));
  fillPanel();
  camera = new Camera($('cortex'));
  try {
    renderer = new Renderer($('cortex'));
  } catch (error) {
    fail('This page draws with WebGL 2, which this browser does not offer or has switched off (' +
      error.message + '). Any current Chrome, Edge, Firefox or Safari draws it.');
    return;
  }
  listenPanel();
  listenPointer();
  listenKeys();
  new ResizeObserver(() => change({}, true)).observe($('stage'));
  addEventListener('hashchange', () => change(fromLink(location.hash)));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => change({}, true));
  $('cortex').addEventListener('webglcontextlost', () => fail('The graphics card was lost. Reload the page to go on.'));
  change({}, true);
}

// For scripts and tests: the state, a way to change it, and where on the page a vertex is drawn.
globalThis.corticast = {
  header, state, change: (changes, quick = true) => change(changes, quick),
  values: side => onSide(side), under,
  drawnAt(side, vertex) {
    const at = camera.clip(camera.view(), side, vertex), box = $('cortex').getBoundingClientRect();
    return at && {x: box.left + (1 + at[0]) / 2 * box.width, y: box.top + (1 - at[1]) / 2 * box.height};
  },
};
begin();
