// Pictures as textures, exactly as their files have them: no colour management, no multiplied alpha.

/** The pixels of a picture's file as they are; throws when it cannot be had. */
export async function bitmap(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return createImageBitmap(await answer.blob(), { premultiplyAlpha: "none", colorSpaceConversion: "none" });
}

// Textures are made in a unit that nothing is drawn from.
const SCRATCH = 15;

function bound(gl, target, unit, filter) {
  gl.activeTexture(gl.TEXTURE0 + unit);
  const texture = gl.createTexture();
  gl.bindTexture(target, texture);
  gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
  for (const axis of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(target, axis, gl.CLAMP_TO_EDGE);
  for (const use of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(target, use, filter);
  return texture;
}

/** A texture of one picture, or of several, one below the other. */
export function stacked(gl, ...pictures) {
  const texture = bound(gl, gl.TEXTURE_2D, SCRATCH, gl.NEAREST);
  const height = pictures.reduce((sum, picture) => sum + picture.height, 0);
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, pictures[0].width, height);
  let top = 0;
  for (const picture of pictures) {
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, top, gl.RGBA, gl.UNSIGNED_BYTE, picture);
    top += picture.height;
  }
  return texture;
}

/** An array of empty layers. */
export function layered(gl, { width, height }, count) {
  const texture = bound(gl, gl.TEXTURE_2D_ARRAY, SCRATCH, gl.NEAREST);
  gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.RGBA8, width, height, count);
  return texture;
}

/** Put a picture into a layer of an array, at a place. */
export function fill(gl, texture, layer, picture, { x, y } = { x: 0, y: 0 }) {
  gl.activeTexture(gl.TEXTURE0 + SCRATCH);
  gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
  gl.texSubImage3D(
    ...[gl.TEXTURE_2D_ARRAY, 0, x, y, layer, picture.width, picture.height, 1, gl.RGBA, gl.UNSIGNED_BYTE, picture],
  );
}

/** Put a picture into a unit of its own, in place of what was there: a drag replaces sixty in a second. */
export function replace(gl, unit, picture) {
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.deleteTexture(gl.getParameter(gl.TEXTURE_BINDING_2D));
  bound(gl, gl.TEXTURE_2D, unit, gl.LINEAR);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, picture);
}

/** A program that is compiled while other things are loaded; `linked` waits for it. */
export function compile(gl, vertex, fragment) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return program;
}

/** The program's uniforms by name; throws with the compiler's words when it could not be made. */
export function linked(gl, program) {
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    const logs = gl.getAttachedShaders(program).map((shader) => gl.getShaderInfoLog(shader));
    throw new Error([gl.getProgramInfoLog(program), ...logs].join("\n"));
  }
  const found = new Map();
  return (name) => {
    if (!found.has(name)) found.set(name, gl.getUniformLocation(program, name));
    return found.get(name);
  };
}
