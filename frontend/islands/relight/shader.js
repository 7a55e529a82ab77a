// The fragment shader of one view, written out for its plates: the server's sum (configurator/pictures) in GLSL.
// picture = B + Σ colourᵢ · Pᵢ (+ mirrors, finishes), ink on its panels, then Khronos PBR Neutral and sRGB.

export const ROLES = ["artwork", "engraving"];

export const VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

const HEAD = `#version 300 es
precision highp float;
precision highp sampler2DArray;
out vec4 shown;
uniform sampler2DArray layers;
uniform sampler2D backdrop, artwork, engraving, artworkPanel, engravingPanel;
uniform vec3 inks[2];
uniform vec2 panels[2];

vec3 toneMap(vec3 c) {
  float least = min(c.r, min(c.g, c.b));
  c -= least < 0.08 ? least - 6.25 * least * least : 0.04;
  float peak = max(c.r, max(c.g, c.b));
  if (peak < 0.76) return c;
  float compressed = 1.0 - 0.0576 / (peak + 0.24 - 0.76);
  float mixed = 1.0 - 1.0 / (0.15 * (peak - compressed) + 1.0);
  return mix(c * compressed / peak, vec3(compressed), mixed);
}

vec3 toSrgb(vec3 c) {
  c = clamp(c, 0.0, 1.0);
  return mix(c * 12.92, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c));
}

`;

const INK = `
vec3 toLinear(vec3 c) {
  return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c));
}

vec4 texel(ivec2 place, ivec2 size) {
  vec4 coded = texelFetch(artwork, clamp(place, ivec2(0), size - 1), 0);
  return vec4(toLinear(coded.rgb) * coded.a, coded.a);
}

// Bilinear in linear light multiplied by coverage: the texture unit would filter coded, unmultiplied colours.
vec4 printed(vec2 uv) {
  ivec2 size = textureSize(artwork, 0);
  vec2 place = vec2(uv.x, 1.0 - uv.y) * vec2(size) - 0.5;
  vec2 first = clamp(floor(place), vec2(0.0), vec2(size - 2));
  vec2 between = clamp(place - first, 0.0, 1.0);
  ivec2 at = ivec2(first);
  vec4 upper = mix(texel(at, size), texel(at + ivec2(1, 0), size), between.x);
  vec4 lower = mix(texel(at + ivec2(0, 1), size), texel(at + ivec2(1, 1), size), between.x);
  return mix(upper, lower, between.y);
}

// The mean of a block of the mask's texels.
float mean(ivec2 block, ivec2 factor) {
  ivec2 last = textureSize(engraving, 0) - 1;
  float total = 0.0;
  for (int y = 0; y < factor.y; y++) {
    for (int x = 0; x < factor.x; x++) total += texelFetch(engraving, min(block * factor + ivec2(x, y), last), 0).r;
  }
  return total / float(factor.x * factor.y);
}

// Averaged by whole factors until there are fewer than two texels to a pixel, then bilinear, as the server's is.
float cut(vec2 uv, vec2 pixels) {
  ivec2 size = textureSize(engraving, 0), factor = max(ivec2(1), ivec2(vec2(size) / pixels));
  ivec2 blocks = max(ivec2(2), (size + factor - 1) / factor);
  vec2 place = vec2(uv.x, 1.0 - uv.y) * vec2(blocks) - 0.5;
  vec2 first = clamp(floor(place), vec2(0.0), vec2(blocks - 2));
  vec2 between = clamp(place - first, 0.0, 1.0);
  ivec2 at = ivec2(first);
  float upper = mix(mean(at, factor), mean(at + ivec2(1, 0), factor), between.x);
  float lower = mix(mean(at + ivec2(0, 1), factor), mean(at + 1, factor), between.x);
  return mix(upper, lower, between.y);
}

// A panel's texture has three storeys: light and coverage, high bytes of u and v, low bytes.
vec2 unfolded(sampler2D panel, ivec2 at, int height) {
  vec2 high = texelFetch(panel, at + ivec2(0, height), 0).rg, low = texelFetch(panel, at + ivec2(0, 2 * height), 0).rg;
  return (floor(high * 255.0 + 0.5) * 256.0 + floor(low * 255.0 + 0.5)) / 65535.0;
}
`;

/** A number as GLSL writes a float. */
const float = (number) => Number(number).toExponential(8);

/** The light of an 8-bit code, a factor of a product: a·x² / (1 - (1 - a/scale)·x²) with a = min(scale, 1). */
function light(coded, scale) {
  const square = `${coded} * ${coded} * ${float(Math.min(scale, 1))}`;
  return scale > 1 ? `${square} / (1.0 - ${coded} * ${coded} * ${float(1 - 1 / scale)})` : square;
}

const CHANNELS = "rgb";

/** Files that cover the whole crop, in the order of their layers; the finishes' layers follow. */
export function crops(layout) {
  const files = (rows) => [...new Set(rows.map(({ file }) => file))];
  return [...files(layout.plates), "parts.webp", ...files(layout.pairs?.reflected ?? [])];
}

/** The panel of a view that carries content of a role, where it shows it; `panels` names each role's. */
export function panelOf(layout, role, panels) {
  return (layout.panels ?? []).find(({ name }) => name === panels[role]);
}

function sum(layout) {
  const files = crops(layout);
  const used = [...new Set(layout.plates.map(({ file }) => files.indexOf(file)))];
  const plate = ({ file, channel, scale }) => light(`f${files.indexOf(file)}.${CHANNELS[channel]}`, scale);
  const [black, ...plates] = layout.plates;
  const terms = plates.map(({ name }, index) => `colours[${layout.parts.indexOf(name)}] * plates[${index}]`);
  return `
  ${used.map((layer) => `vec3 f${layer} = texelFetch(layers, ivec3(t, ${layer}), 0).rgb;`).join("\n  ")}
  float black = ${plate(black)};
  float plates[${plates.length}] = float[${plates.length}](${plates.map(plate).join(", ")});
  vec3 sum = vec3(black) + ${terms.join(" + ")};
  vec2 cover = texelFetch(layers, ivec3(t, ${files.indexOf("parts.webp")}), 0).rg;
  int part = int(cover.r * 255.0 + 0.5) - 1;`;
}

/** What a mirror shows of other parts: its own colour times theirs. */
function mirrors(layout) {
  const { parts, pairs, finishes = [] } = layout;
  if (!pairs?.mirrors.length) return "";
  const files = crops(layout);
  /** How much of a part is not in any of these finishes. */
  const without = (part, names) =>
    ["1.0", ...finishes.flatMap((row, n) => (row.part === part && names.includes(row.finish) ? [`finishes[${n}]`] : []))]
      .join(" - ");
  const share = pairs.mirrors.map(
    ({ part, not_in: names }) => `part == ${parts.indexOf(part)} ? ${without(part, names)} : `,
  );
  const worn = ({ part, finish }) =>
    finish
      ? `(1.0 - (${without(part, [finish])}))`
      : `(${without(part, pairs.reflected.filter((row) => row.part === part).map((row) => row.finish))})`;
  const seen = pairs.reflected.map(
    ({ part, finish, file, channel, scale }) =>
      `colours[${parts.indexOf(part)}] * ${worn({ part, finish })} * (${light(`q${files.indexOf(file)}.${CHANNELS[channel]}`, scale)})`,
  );
  const layers = [...new Set(pairs.reflected.map(({ file }) => files.indexOf(file)))];
  return `
  float mirror = ${share.join("")}0.0;
  if (mirror > 0.0) {
    ${layers.map((layer) => `vec3 q${layer} = texelFetch(layers, ivec3(t, ${layer}), 0).rgb;`).join("\n    ")}
    sum += mirror * colours[part] * (${seen.join(" + ")});
  }`;
}

function finish({ part, black_scale: black, colour_scale: colour }, index, layout) {
  const plate = layout.plates.findIndex(({ name }) => name === part) - 1;
  return `
  if (finishes[${index}] > 0.0) {
    vec3 v = texelFetch(layers, ivec3(t, ${crops(layout).length + index}), 0).rgb;
    sum += finishes[${index}] * v.b * (vec3(${light("v.r", black)} - black)
      + colours[${layout.parts.indexOf(part)}] * (${light("v.g", colour)} - plates[${plate}]));
  }`;
}

function ink(role, { box, across, down, black_scale: black, colour_scale: colour }) {
  const index = ROLES.indexOf(role);
  const laid =
    role === "artwork"
      ? `vec4 laid = printed(uv) * (v.b * panels[${index}].x);`
      : `float letters = cut(uv, vec2(${float(across)}, ${float(down)})) * v.b * panels[${index}].x;
      vec4 laid = vec4(inks[${index}] * letters, letters);`;
  return `
  if (panels[${index}].x + panels[${index}].y > 0.0) {
    ivec2 at = t - ivec2(${box.x}, ${box.y});
    if (all(greaterThanEqual(at, ivec2(0))) && all(lessThan(at, ivec2(${box.width}, ${box.height})))) {
      vec3 v = texelFetch(${role}Panel, at, 0).rgb;
      vec2 uv = unfolded(${role}Panel, at, ${box.height});
      ${laid}
      sum += laid.rgb * (${light("v.g", colour)}) + laid.a * (vec3(${light("v.r", black)}) - sum);
      glow += panels[${index}].y * v.b;
    }
  }`;
}

/**
 * The text of a view's shader; with `panels` it also lays ink on them. A processor that draws takes every way through
 * a shader at every pixel, so that one is for the panels alone.
 */
export function fragment(layout, panels = {}) {
  const { size, crop, parts } = layout;
  const finishes = layout.finishes ?? [];
  const inks = ROLES.filter((role) => panelOf(layout, role, panels));
  return `${HEAD}${inks.length ? INK : ""}
uniform vec3 colours[${parts.length}];
uniform float lit[${parts.length}];
${finishes.length ? `uniform float finishes[${finishes.length}];` : ""}

void main() {
  ivec2 at = ivec2(int(gl_FragCoord.x), ${size - 1} - int(gl_FragCoord.y));
  ivec2 t = at - ivec2(${crop.x}, ${crop.y});
  if (any(lessThan(t, ivec2(0))) || any(greaterThanEqual(t, ivec2(${crop.width}, ${crop.height})))) {
    shown = vec4(texelFetch(backdrop, at, 0).rgb, 1.0);
    return;
  }${sum(layout)}
  float glow = part < 0 ? 0.0 : lit[part] * cover.g;${mirrors(layout)}${finishes
    .map((row, index) => finish(row, index, layout))
    .join("")}${inks.map((role) => ink(role, panelOf(layout, role, panels))).join("")}
  sum = mix(sum, sum * 1.5 + 0.07, min(glow, 1.0));
  shown = vec4(toSrgb(toneMap(sum)), 1.0);
}`;
}
