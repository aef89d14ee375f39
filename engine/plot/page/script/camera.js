// Where the hemispheres stand and how they are turned. Lateral and medial views of both open the
// brain like a book; all others keep it together.
const PRESETS = {
  lateral: {turn: [facing([-1, 0, 0], [0, 0, 1]), facing([1, 0, 0], [0, 0, 1])], wide: 1, high: 2, book: true},
  medial: {turn: [facing([1, 0, 0], [0, 0, 1]), facing([-1, 0, 0], [0, 0, 1])], wide: 1, high: 2, book: true},
  dorsal: {turn: Array(2).fill(facing([0, 0, 1], [0, 1, 0])), wide: 0, high: 1},
  ventral: {turn: Array(2).fill(facing([0, 0, -1], [0, 1, 0])), wide: 0, high: 1},
  anterior: {turn: Array(2).fill(facing([0, 1, 0], [0, 0, 1])), wide: 0, high: 2},
  posterior: {turn: Array(2).fill(facing([0, -1, 0], [0, 0, 1])), wide: 0, high: 2},
};
const GAP = 14;  // millimetres between the pages of the book

class Camera {
  constructor(canvas) {
    this.canvas = canvas;
    this.from = this.to = state.surface;
    this.pose = null;
    this.still = matchMedia('(prefers-reduced-motion: reduce)');
  }

  surfaceIndex(name) { return header.surfaces.findIndex(surface => surface.name === name); }
  shown() { return [state.side !== 'right', state.side !== 'left']; }
  size() { return [this.canvas.clientWidth || 1, this.canvas.clientHeight || 1]; }
  portrait() { const [w, h] = this.size(); return w < 0.9 * h; }

  // The pose that the state asks for.
  goal() {
    const preset = PRESETS[state.preset], surface = this.surfaceIndex(state.surface);
    const both = state.side === 'both', flat = isFlat(surface);
    const book = both && !!preset.book && !flat;
    const one = shape(surface, state.side === 'right' ? 1 : 0), all = standing(surface);
    const extent = k => both && !book ? all.high[k] - all.low[k] : one.high[k] - one.low[k];
    let wide = extent(flat ? 0 : preset.wide), high = extent(flat ? 1 : preset.high);
    if (book && this.portrait()) high = 2 * high + GAP;
    else if (book) wide = 2 * wide + GAP;
    return {turn: state.turned || preset.turn, book: book ? 1 : 0, upright: this.portrait() ? 1 : 0,
            zoom: state.zoom, pan: [...state.pan], wide, high, flat: flat ? 1 : 0, morph: 1};
  }

  // Goes there, at once or within half a second.
  go(quick) {
    const surface = state.surface;
    const goal = this.goal();
    if (this.pose === null || quick || this.still.matches || document.hidden) {
      this.from = this.to = surface;
      this.pose = goal;
      this.start = null;
      return;
    }
    if (surface !== this.to) {
      this.from = this.to;
      this.to = surface;
      this.pose.morph = 0;
    } else if (this.pose.morph === 1) {
      goal.morph = 1;
    }
    this.start = {...this.pose, turn: this.pose.turn.map(q => [...q]), pan: [...this.pose.pan]};
    this.end = goal;
    this.began = performance.now();
  }

  // Moves on; whether there is more to come.
  step(now) {
    if (!this.start) return false;
    const x = Math.min(1, Math.max(0, (now - this.began) / 520));
    const t = x * x * (3 - 2 * x);
    const mix = (a, b) => a + (b - a) * t;
    const [a, b] = [this.start, this.end];
    this.pose = {turn: a.turn.map((q, k) => between(q, b.turn[k], t)), pan: a.pan.map((p, k) => mix(p, b.pan[k]))};
    for (const key of ['book', 'upright', 'wide', 'high', 'flat', 'morph']) this.pose[key] = mix(a[key], b[key]);
    this.pose.zoom = Math.exp(mix(Math.log(a.zoom), Math.log(b.zoom)));
    if (x === 1) {
      this.pose = b;
      this.start = null;
      this.from = this.to;
    }
    return x < 1;
  }

  pixelsPerMillimetre() {
    const [w, h] = this.size(), {wide, high, zoom} = this.pose;
    return zoom * Math.min(0.88 * w / wide, Math.max(0.4, 1 - 190 / h) * h / high);
  }

  // What the renderer wants: where each side is, and the frame.
  view() {
    const {pose} = this, shown = this.shown(), both = shown[0] && shown[1];
    const [from, to] = [this.surfaceIndex(this.from), this.surfaceIndex(this.to)];
    const mixed = (a, b) => a.map((x, k) => x + (b[k] - x) * pose.morph);
    const middle = ({low, high}) => low.map((x, k) => (x + high[k]) / 2);
    const [standsFrom, standsTo] = [standing(from), standing(to)];
    const whole = mixed(middle(standsFrom), middle(standsTo));
    const sides = [0, 1].map(k => {
      if (!shown[k]) return null;
      const [a, b] = [shape(from, k), shape(to, k)];
      const centre = mixed(middle(a), middle(b));
      const extent = mixed(a.high.map((x, i) => x - a.low[i]), b.high.map((x, i) => x - b.low[i]));
      const turned = matrix(pose.flat ? between(pose.turn[k], [0, 0, 0, 1], pose.flat) : pose.turn[k]);
      let place = [0, 0, 0];
      if (both) {
        const shift = mixed([standsFrom.shift[k]], [standsTo.shift[k]])[0];
        const together = apply(turned, centre.map((x, i) => x + (i ? 0 : shift) - whole[i]));
        const sign = k ? 1 : -1;
        const preset = PRESETS[state.preset];
        const beside = [sign * (extent[preset.wide] + GAP) / 2 * (1 - pose.upright),
          -sign * (extent[preset.high] + GAP) / 2 * pose.upright, 0];
        place = together.map((x, i) => x + (beside[i] - x) * pose.book);
      }
      return {rotation: turned, centre, place, extent};
    });
    const [w, h] = this.size(), scale = this.pixelsPerMillimetre();
    return {sides, morph: pose.morph, flatness: pose.flat,
            frame: [2 * scale / w, 2 * scale / h, 2 * scale * pose.pan[0] / w, 2 * scale * pose.pan[1] / h]};
  }

  position(side, vertex) {
    const [a, b] = [this.from, this.to].map(name => shape(this.surfaceIndex(name), side).positions);
    return [0, 1, 2].map(k => a[3 * vertex + k] + (b[3 * vertex + k] - a[3 * vertex + k]) * this.pose.morph);
  }

  // A mesh vertex in clip coordinates, or null where its side is not shown.
  clip(view, side, vertex, nearer = 0) {
    const at = view.sides[side];
    if (!at) return null;
    const p = apply(at.rotation, this.position(side, vertex).map((x, k) => x - at.centre[k]));
    return [(p[0] + at.place[0]) * view.frame[0] + view.frame[2],
      (p[1] + at.place[1]) * view.frame[1] + view.frame[3], -(p[2] + at.place[2] + nearer) / 1000];
  }

  // Turns what is seen by angles about the viewer's axes.
  rotate(right, down) {
    const delta = times(turn([1, 0, 0], down), turn([0, 1, 0], right));
    state.turned = this.goal().turn.map(q => unit(times(delta, q)));
  }

  // Zooms so that the point (x, y), millimetres from the middle of the canvas, stays where it is.
  zoomAt(factor, x, y) {
    const zoom = Math.min(40, Math.max(0.3, state.zoom * factor)), by = state.zoom / zoom;
    // pan and the point are in millimetres of the zoom they were taken at.
    state.pan = [x * by - (x - state.pan[0]), y * by - (y - state.pan[1])];
    state.zoom = zoom;
  }
}
