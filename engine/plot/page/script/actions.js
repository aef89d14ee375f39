// What people do, by mouse, touch, key or a setting.
function toMap(step) {
  const last = header.subjects[state.subject].maps.length - 1;
  change({map: Math.min(last, Math.max(0, state.map + step))});
  say(header.subjects[state.subject].maps[state.map].name);
}

// To another subject, with the map of the same name where there is one.
function toSubject(subject) {
  const name = header.subjects[state.subject].maps[state.map].name;
  const maps = header.subjects[subject].maps;
  const same = maps[state.map]?.name === name ? state.map : maps.findIndex(map => map.name === name);
  change({subject, map: Math.max(0, same)});
  say(header.subjects[subject].name);
}

function toSurface(index) {
  const surface = header.surfaces[index];
  if (!surface || surface.name === state.surface) return;
  const changes = {surface: surface.name};
  if (surface.flat !== isFlat(camera.surfaceIndex(state.surface))) Object.assign(changes, {zoom: 1, pan: [0, 0]});
  change(changes);
  say(titled(surface.name));
}

function toPreset(preset) {
  change({preset, turned: null, zoom: 1, pan: [0, 0]});
}

function resetView() {
  change({preset: opening.preset, side: opening.side, turned: null, zoom: 1, pan: [0, 0]});
}

async function copyLink() {
  const words = toLink(), link = location.href.split('#')[0] + (words ? '#' + words : '');
  try {
    await navigator.clipboard.writeText(link);
    flash('link', 'Copied');
  } catch {
    prompt('Link to this view', link);
  }
}

function flash(id, text) {
  const before = $(id).textContent;
  $(id).textContent = text;
  say(text);
  setTimeout(() => { $(id).textContent = before; }, 1200);
}

// The view as it is, with title and colour bar, at the screen's resolution.
function savePicture() {
  drawNow();
  const from = $('cortex'), ratio = from.width / from.clientWidth, scale = currentScale();
  const picture = Object.assign(document.createElement('canvas'), {width: from.width, height: from.height});
  const pen = picture.getContext('2d'), style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue('--ink'), soft = style.getPropertyValue('--soft');
  pen.fillStyle = style.getPropertyValue('--ground');
  pen.fillRect(0, 0, picture.width, picture.height);
  pen.drawImage(from, 0, 0);
  pen.scale(ratio, ratio);
  const write = (text, x, y, colour, font, align = 'left') => {
    Object.assign(pen, {fillStyle: colour, font: font + ' ' + getComputedStyle(document.body).fontFamily,
                        textAlign: align});
    pen.fillText(text, x, y);
  };
  write($('title').textContent, 28, 44, ink, '600 19px');
  write($('subtitle').textContent, 28, 66, soft, '14px');
  for (const id of ['left-mark', 'right-mark']) {
    if (!$(id).hidden) write($(id).textContent, parseFloat($(id).style.left), parseFloat($(id).style.top), soft, '600 13px', 'center');
  }
  const bar = $('bar-colours').getBoundingClientRect(), table = tables(scale.colours);
  for (let i = 0; i < bar.width; i++) {
    const value = scale.low + i / bar.width * (scale.high - scale.low);
    const k = 3 * Math.round(i / bar.width * 255);
    pen.fillStyle = Math.abs(value) < scale.threshold ? soft : `rgb(${table[k]} ${table[k + 1]} ${table[k + 2]})`;
    pen.fillRect(bar.left + i, bar.top, 1.5, bar.height);
  }
  for (const value of ticks(scale.low, scale.high)) {
    const x = bar.left + bar.width * (value - scale.low) / (scale.high - scale.low);
    pen.fillStyle = soft;
    pen.fillRect(x - 0.5, bar.bottom, 1, 5);
    write(shown(value), x, bar.bottom + 19, ink, '12px', 'center');
  }
  write(header.units, bar.left, bar.bottom + 37, soft, '12px');
  picture.toBlob(blob => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    const words = [header.subjects[state.subject].name, header.subjects[state.subject].maps[state.map].name];
    link.download = words.join(' ').replace(/[^\p{L}\p{N}._-]+/gu, '_').slice(0, 120) + '.png';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
}
