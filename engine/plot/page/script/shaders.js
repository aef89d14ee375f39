// Vertices are fetched from textures by number, so that a change of surface or map is the upload of
// one small texture. Triangles come corner by corner: gl_VertexID says which corner is which.
const WIDE = 256, TALL = 127;

const VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in uint corner;
layout(location = 1) in uint border;
layout(location = 2) in uint chosen;
uniform highp sampler2D fromPlace, toPlace, fromNormal, toNormal, data;
uniform float morph;
uniform mat3 rotation;
uniform vec3 centre, place;
uniform vec4 frame;
out vec3 corners, normal, value;
flat out uint outline, chosenOutline, triangle;
void main() {
  ivec2 at = ivec2(corner & 255u, corner >> 8u);
  vec3 position = mix(texelFetch(fromPlace, at, 0).xyz, texelFetch(toPlace, at, 0).xyz, morph);
  normal = rotation * mix(texelFetch(fromNormal, at, 0).xyz, texelFetch(toNormal, at, 0).xyz, morph);
  value = texelFetch(data, at, 0).xyz;
  int which = gl_VertexID % 3;
  corners = vec3(which == 0, which == 1, which == 2);
  outline = border;
  chosenOutline = chosen;
  triangle = uint(gl_VertexID / 3);
  vec3 seen = rotation * (position - centre) + place;
  gl_Position = vec4(seen.xy * frame.xy + frame.zw, -seen.z / 1000.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec3 corners, normal, value;
flat in uint outline, chosenOutline, triangle;
uniform sampler2D colours;
uniform vec4 range;  // low, high, threshold, whether sulci are shown
uniform float flatness, density;
uniform vec3 gyrus, sulcus;
uniform vec4 ink;
out vec4 colour;

// Pixels to the border that runs through this triangle, which is between corners of different kind.
float away(uint kind) {
  if (kind == 0u) return 1e6;
  float ahead;
  if (kind == 4u) {
    vec3 c = corners;
    float first = max(c.x, max(c.y, c.z));
    float last = min(c.x, min(c.y, c.z));
    ahead = first - (c.x + c.y + c.z - first - last);
  } else {
    ahead = 2.0 * abs(corners[int(kind) - 1] - 0.5);
  }
  vec3 wide = fwidth(corners);
  return ahead / max(1e-6, kind == 4u ? max(wide.x, max(wide.y, wide.z)) * 1.5
                                      : 2.0 * wide[int(kind) - 1]);
}

void main() {
  float depth = range.w > 0.5 ? value.z : 0.35;
  vec3 shade = mix(gyrus, sulcus, smoothstep(0.38, 0.62, depth));
  float known = value.y;
  float v = value.x / max(known, 1e-6);
  float soft = max(fwidth(known), 1e-4);
  float visible = smoothstep(0.5 - soft, 0.5 + soft, known);
  if (range.z > 0.0) {
    float edge = max(fwidth(v), 1e-12);
    visible *= smoothstep(range.z - 0.5 * edge, range.z + 0.5 * edge, abs(v));
  }
  float t = clamp((v - range.x) / (range.y - range.x), 0.0, 1.0);
  shade = mix(shade, texture(colours, vec2(t * (255.0 / 256.0) + 0.5 / 256.0, 0.5)).rgb, visible);

  vec3 n = normalize(normal);
  float toward = abs(n.z);
  float key = max(0.0, dot(n * sign(n.z), normalize(vec3(-0.35, 0.55, 0.75))));
  float light = mix(0.60 + 0.17 * toward + 0.25 * key, 1.0, flatness);
  shade *= light;

  float line = away(outline);
  shade = mix(shade, ink.rgb, ink.a * (1.0 - smoothstep(0.35 * density, 1.1 * density, line)));
  float chosen = away(chosenOutline);
  shade = mix(shade, vec3(0.05), 1.0 - smoothstep(1.9 * density, 2.7 * density, chosen));
  shade = mix(shade, vec3(1.0), 1.0 - smoothstep(0.6 * density, 1.4 * density, chosen));
  colour = vec4(shade, 1.0);
}`;

// Which corner of which triangle is nearest, 1 + 3 triangle + corner, and the side.
const PICK = `#version 300 es
precision highp float;
in vec3 corners, normal, value;
flat in uint outline, chosenOutline, triangle;
uniform float side;
out vec4 colour;
void main() {
  uint which = corners.x >= corners.y ? (corners.x >= corners.z ? 0u : 2u)
                                      : (corners.y >= corners.z ? 1u : 2u);
  uint id = 1u + 3u * triangle + which;
  colour = vec4(float(id & 255u), float((id >> 8u) & 255u), float(id >> 16u), side + 1.0) / 255.0;
}`;

const MARK_VERTEX = `#version 300 es
precision highp float;
uniform vec3 spot;
uniform float size;
void main() {
  gl_Position = vec4(spot, 1.0);
  gl_PointSize = size;
}`;

const MARK = `#version 300 es
precision highp float;
uniform float size;
out vec4 colour;
void main() {
  float r = size * length(gl_PointCoord - 0.5);
  float unit = size / 14.0;
  float ring = 1.0 - smoothstep(0.8 * unit, 1.6 * unit, abs(r - 4.5 * unit));
  float casing = 1.0 - smoothstep(1.9 * unit, 2.7 * unit, abs(r - 4.5 * unit));
  colour = vec4(vec3(ring), 1.0) * casing;
}`;
