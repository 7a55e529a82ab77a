// The live picture: the same sum over the same baked plates as the server's, in a WebGL2 fragment shader.
// picture = B + Σ colourᵢ · Pᵢ, a print as ink on its part, engraving as foil, then Khronos PBR Neutral and sRGB.

const VERTEX = `#version 300 es
out vec2 at;
void main() {
  vec2 corner = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
  at = vec2(corner.x, 1.0 - corner.y);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec2 at;
out vec4 shown;
uniform sampler2D p0, p1, p2, uvhi, uvlo, backdrop, engraving, print;
uniform int printPanel, printPart;
uniform vec4 crop;
uniform vec3 colours[7];
uniform vec3 foil;
uniform float scales[9];

float light(float coded, int plate) { return coded * coded * scales[plate]; }

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

vec3 toLinear(vec3 c) {
  return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c));
}

vec4 texel(ivec2 place, ivec2 size) {
  vec4 coded = texelFetch(print, clamp(place, ivec2(0), size - 1), 0);
  return vec4(toLinear(coded.rgb) * coded.a, coded.a);
}

// Bilinear in linear light multiplied by coverage: the texture unit would filter coded, unmultiplied colours.
vec4 ink(vec2 uv) {
  ivec2 size = textureSize(print, 0);
  vec2 place = vec2(uv.x, 1.0 - uv.y) * vec2(size) - 0.5;
  vec2 first = clamp(floor(place), vec2(0.0), vec2(size - 2));
  vec2 between = clamp(place - first, 0.0, 1.0);
  ivec2 at = ivec2(first);
  vec4 upper = mix(texel(at, size), texel(at + ivec2(1, 0), size), between.x);
  vec4 lower = mix(texel(at + ivec2(0, 1), size), texel(at + ivec2(1, 1), size), between.x);
  return mix(upper, lower, between.y);
}

void main() {
  vec2 t = (at - crop.xy) / crop.zw;
  if (any(lessThan(t, vec2(0.0))) || any(greaterThan(t, vec2(1.0)))) {
    shown = vec4(texture(backdrop, at).rgb, 1.0);
    return;
  }
  vec3 a = texture(p0, t).rgb, b = texture(p1, t).rgb, c = texture(p2, t).rgb;
  vec3 sum = vec3(light(a.r, 0))
    + colours[0] * light(a.g, 1) + colours[1] * light(a.b, 2)
    + colours[2] * light(b.r, 3) + colours[3] * light(b.g, 4) + colours[4] * light(b.b, 5)
    + colours[5] * light(c.r, 6) + colours[6] * light(c.g, 7);
  vec3 high = texture(uvhi, t).rgb * 255.0, low = texture(uvlo, t).rgb * 255.0;
  vec2 uv = (floor(high.xy + 0.5) * 256.0 + floor(low.xy + 0.5)) / 65535.0;
  int panel = high.b > 128.5 ? 1 : high.b > 0.5 ? 0 : -1;
  if (panel >= 0 && panel == printPanel) {
    float plates[7] = float[7](light(a.g, 1), light(a.b, 2), light(b.r, 3), light(b.g, 4), light(b.b, 5),
      light(c.r, 6), light(c.g, 7));
    vec4 printed = ink(uv) * (high.b - 128.0 * float(panel)) / 127.0;
    sum += plates[printPart] * (printed.rgb - printed.a * colours[printPart]);
  }
  if (panel == 1) {
    float cut = textureLod(engraving, vec2(uv.x, 1.0 - uv.y), 0.0).r * (high.b - 128.0) / 127.0;
    sum = mix(sum, foil * light(c.b, 8), cut);
  }
  shown = vec4(toSrgb(toneMap(sum)), 1.0);
}`;

const FILES = ["p0", "p1", "p2", "uvhi", "uvlo", "bg"];
const TEXTURES = ["p0", "p1", "p2", "uvhi", "uvlo", "backdrop", "engraving", "print"];
const PANELS = ["body", "sleeve"];
const NEAREST = new Set(["uvhi", "uvlo"]);
const ENGRAVING_UNIT = TEXTURES.indexOf("engraving");
const PRINT_UNIT = TEXTURES.indexOf("print");
// As fine as the server's texture: configurator/pictures/printing.py.
const PRINT_PIXELS_PER_MM = 4;

/** Linear light of "#RRGGBB". */
function linear(colour) {
  return [1, 3, 5].map((index) => {
    const coded = Number.parseInt(colour.slice(index, index + 2), 16) / 255;
    return coded <= 0.04045 ? coded / 12.92 : ((coded + 0.055) / 1.055) ** 2.4;
  });
}

async function bitmap(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return createImageBitmap(await answer.blob(), { premultiplyAlpha: "none", colorSpaceConversion: "none" });
}

function program(gl) {
  const linked = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(linked, shader);
  }
  gl.linkProgram(linked);
  if (!gl.getProgramParameter(linked, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(linked));
  gl.useProgram(linked);
  return linked;
}

/** A bitmap of a picture's own kept file, whatever it came as: only its pixels count. */
export async function printable(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return createImageBitmap(await answer.blob(), { colorSpaceConversion: "none" });
}

/** A picture averaged to a width and height in pixels, by halves first: canvases only look up beyond that. */
function averaged(picture, width, height) {
  let shown = picture;
  while (shown.width > 2 * width && shown.height > 2 * height) {
    const half = new OffscreenCanvas(Math.ceil(shown.width / 2), Math.ceil(shown.height / 2));
    half.getContext("2d").drawImage(shown, 0, 0, half.width, half.height);
    shown = half;
  }
  return shown;
}

/** The panel with the picture on it, see-through elsewhere, as the server draws it. */
export function panelTexture(picture, placement, panel, pixelsPerMm = PRINT_PIXELS_PER_MM) {
  const texture = new OffscreenCanvas(
    Math.round(panel.width_mm * pixelsPerMm),
    Math.round(panel.height_mm * pixelsPerMm),
  );
  const width = placement.width_mm * pixelsPerMm;
  const height = (width * picture.height) / picture.width;
  const context = texture.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.translate(
    texture.width / 2 + placement.x_mm * pixelsPerMm,
    texture.height / 2 + placement.y_mm * pixelsPerMm,
  );
  context.rotate(((placement.degrees || 0) * Math.PI) / 180);
  context.drawImage(averaged(picture, width, height), -width / 2, -height / 2, width, height);
  return texture;
}

function upload(gl, unit, picture, nearest) {
  gl.activeTexture(gl.TEXTURE0 + unit);
  // A texture that is replaced is let go of: a drag replaces sixty in a second.
  gl.deleteTexture(gl.getParameter(gl.TEXTURE_BINDING_2D));
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, picture);
  for (const axis of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, axis, gl.CLAMP_TO_EDGE);
  for (const use of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
    gl.texParameteri(gl.TEXTURE_2D, use, nearest ? gl.NEAREST : gl.LINEAR);
  }
}

/**
 * Make a canvas show a view. Resolves to null where WebGL2 is missing; the caller keeps the server's picture.
 * `plates` has the addresses of the files and of view.json's content.
 */
export async function relight(canvas, plates) {
  const gl = canvas.getContext("webgl2", { antialias: false, alpha: false, preserveDrawingBuffer: true });
  if (!gl) return null;
  const view = plates.view;
  const pictures = await Promise.all(FILES.map((name) => bitmap(plates.files[name])));
  canvas.width = view.full;
  canvas.height = view.full;
  gl.viewport(0, 0, view.full, view.full);
  const linked = program(gl);
  const uniform = (name) => gl.getUniformLocation(linked, name);
  pictures.forEach((picture, unit) => upload(gl, unit, picture, NEAREST.has(TEXTURES[unit])));
  upload(gl, ENGRAVING_UNIT, new ImageData(new Uint8ClampedArray([0, 0, 0, 255]), 1), false);
  upload(gl, PRINT_UNIT, new ImageData(2, 2), false);
  gl.uniform1i(uniform("printPanel"), -1);
  TEXTURES.forEach((name, unit) => gl.uniform1i(uniform(name), unit));
  gl.uniform1fv(uniform("scales"), view.scale);
  gl.uniform4f(uniform("crop"), view.x / view.full, view.y / view.full, view.w / view.full, view.h / view.full);
  const parts = view.names.filter((name) => name !== "B" && name !== "foilP");
  const draw = () => gl.drawArrays(gl.TRIANGLES, 0, 3);
  let asked = 0;
  let printed = 0;
  return {
    /** Paint every part, and the engraving's foil, with a colour "#RRGGBB". */
    paint(colours, foil) {
      gl.uniform3fv(uniform("colours"), parts.flatMap((part) => linear(colours[part])));
      gl.uniform3fv(uniform("foil"), linear(foil));
      draw();
    },
    /** Show the mask at an address as the engraving, unless another was asked for before it has come. */
    async engrave(address) {
      const mine = ++asked;
      const mask = await bitmap(address);
      if (mine !== asked) return;
      upload(gl, ENGRAVING_UNIT, mask, false);
      draw();
    },
    /** Print a picture (a bitmap, or the address of one) on a panel, or nothing (null), unless asked again meanwhile. */
    async print(picture, placement, panel) {
      const mine = ++printed;
      const bitmapOfIt = typeof picture === "string" ? await printable(picture) : picture;
      if (mine !== printed) return;
      gl.uniform1i(uniform("printPanel"), bitmapOfIt ? PANELS.indexOf(panel.panel) : -1);
      if (bitmapOfIt) {
        gl.uniform1i(uniform("printPart"), parts.indexOf(panel.panel));
        upload(gl, PRINT_UNIT, panelTexture(bitmapOfIt, placement, panel), false);
      }
      draw();
    },
  };
}
