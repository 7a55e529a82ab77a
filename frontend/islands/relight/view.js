// One view of the piece on the graphics card: its plates, and the program that adds them up.
import { crops, fragment, panelOf, ROLES, VERTEX } from "./shader.js";
import { bitmap, compile, fill, layered, linked, stacked } from "./texture.js";

// Texture units; WebGL2 has sixteen at least. What lies on the piece is the same in every view.
export const UNITS = { layers: 0, backdrop: 1, artwork: 2, engraving: 3 };
const PANEL_UNIT = 4;

export class View {
  #gl;
  #programs;
  #boxes;
  #files;
  #layers;
  #backdrop;
  #panels = [];
  #finishes = new Map();

  /** Fetch a view's plates and make them ready; throws when one of them cannot be had. Finishes come when wanted. */
  static async load(gl, { layout, files }, panels) {
    const programs = [fragment(layout), fragment(layout, panels)].map((text) => compile(gl, VERTEX, text));
    const rows = ROLES.map((role) => panelOf(layout, role, panels));
    const [backdrop, plates, inks] = await Promise.all([
      bitmap(files["backdrop.webp"]),
      Promise.all(crops(layout).map((file) => bitmap(files[file]))),
      Promise.all(rows.map((row) => row && Promise.all([bitmap(files[row.file]), bitmap(files[row.uv])]))),
    ]);
    return new View(gl, programs, { layout, files, backdrop, plates, inks, boxes: rows.map((row) => row?.box) });
  }

  constructor(gl, programs, { layout, files, backdrop, plates, inks, boxes }) {
    this.#gl = gl;
    this.#programs = programs.map((program) => ({ program, uniform: linked(gl, program) }));
    this.#boxes = boxes;
    this.#files = files;
    this.layout = layout;
    this.#layers = layered(gl, layout.crop, plates.length + this.finishes.length);
    plates.forEach((picture, layer) => fill(gl, this.#layers, layer, picture));
    this.#backdrop = stacked(gl, backdrop);
    this.#panels = inks.map((pictures) => pictures && stacked(gl, ...pictures));
    for (const { program, uniform } of this.#programs) {
      gl.useProgram(program);
      for (const [name, unit] of Object.entries(UNITS)) gl.uniform1i(uniform(name), unit);
      ROLES.forEach((role, index) => gl.uniform1i(uniform(`${role}Panel`), PANEL_UNIT + index));
    }
  }

  get finishes() {
    return this.layout.finishes ?? [];
  }

  /** Have the plates of the finishes, by part, that this view shows; throws when one cannot be had. */
  async ready(finishes) {
    const wanted = this.finishes.filter(({ part, finish }) => finishes[part] === finish);
    await Promise.all(wanted.map((row) => this.#finish(row)));
  }

  /** Make this the view that is drawn; its surroundings are drawn once. */
  use() {
    const gl = this.#gl;
    const { size } = this.layout;
    gl.useProgram(this.#programs[0].program);
    this.#bind(UNITS.layers, gl.TEXTURE_2D_ARRAY, this.#layers);
    this.#bind(UNITS.backdrop, gl.TEXTURE_2D, this.#backdrop);
    this.#panels.forEach((texture, role) => texture && this.#bind(PANEL_UNIT + role, gl.TEXTURE_2D, texture));
    gl.viewport(0, 0, size, size);
    gl.disable(gl.SCISSOR_TEST);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.enable(gl.SCISSOR_TEST);
  }

  /** Draw the piece: colours and what is lit by part, weights of finishes ("part/finish"), inks and panels by role. */
  draw(state) {
    const { crop } = this.layout;
    const [plain, inked] = this.#programs;
    this.#paint(plain, state, [{ x: 0, y: 0, width: crop.width, height: crop.height }]);
    const written = this.#boxes.filter((box, index) => box && state.panels[ROLES[index]].some((amount) => amount > 0));
    if (written.length) this.#paint(inked, state, written);
  }

  /** Draw the state with a program into boxes of the crop. */
  #paint({ program, uniform }, { colours, finishes, lit, inks, panels }, boxes) {
    const gl = this.#gl;
    const { size, crop, parts } = this.layout;
    gl.useProgram(program);
    gl.uniform3fv(uniform("colours"), parts.flatMap((part) => colours[part] ?? [0, 0, 0]));
    gl.uniform1fv(uniform("lit"), parts.map((part) => lit[part] ?? 0));
    if (this.finishes.length) gl.uniform1fv(uniform("finishes"), this.#weights(finishes));
    gl.uniform3fv(uniform("inks"), ROLES.flatMap((role) => inks[role] ?? [0, 0, 0]));
    gl.uniform2fv(uniform("panels"), ROLES.flatMap((role) => panels[role]));
    for (const { x, y, width, height } of boxes) {
      gl.scissor(crop.x + x, size - crop.y - y - height, width, height);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
  }

  #weights(finishes) {
    return this.finishes.map(({ part, finish, file }) =>
      this.#finishes.get(file) === "there" ? (finishes[`${part}/${finish}`] ?? 0) : 0,
    );
  }

  #finish(row) {
    const { file } = row;
    if (!this.#finishes.has(file)) {
      const coming = bitmap(this.#files[file]).then(
        (picture) => {
          const layer = crops(this.layout).length + this.finishes.indexOf(row);
          fill(this.#gl, this.#layers, layer, picture, row.box);
          this.#finishes.set(file, "there");
        },
        (error) => {
          // Whoever wants it the next time tries again.
          this.#finishes.delete(file);
          throw error;
        },
      );
      this.#finishes.set(file, coming);
    }
    return this.#finishes.get(file);
  }

  #bind(unit, target, texture) {
    this.#gl.activeTexture(this.#gl.TEXTURE0 + unit);
    this.#gl.bindTexture(target, texture);
  }
}
