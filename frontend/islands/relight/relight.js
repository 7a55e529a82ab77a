// The live picture: the same sum over the same baked plates as the server's, in WebGL2.
import { panelTexture, printable } from "./print.js";
import { bitmap, replace } from "./texture.js";
import { UNITS, View } from "./view.js";

/** Linear light of "#RRGGBB". */
function linear(colour) {
  return [1, 3, 5].map((index) => {
    const coded = Number.parseInt(colour.slice(index, index + 2), 16) / 255;
    return coded <= 0.04045 ? coded / 12.92 : ((coded + 0.055) / 1.055) ** 2.4;
  });
}

const light = (colours) => Object.fromEntries(Object.entries(colours).map(([name, colour]) => [name, linear(colour)]));

/**
 * A live picture on a canvas, or null where WebGL2 is missing. `panels` names the panel of each kind of content;
 * `drawn` is called after everything that changes the picture.
 */
export function relight(canvas, panels, drawn = () => {}) {
  const gl = canvas.getContext("webgl2", { antialias: false, alpha: false, preserveDrawingBuffer: true });
  return gl && new Picture(gl, panels, drawn);
}

class Picture {
  #gl;
  #panels;
  #drawn;
  #views = new Map();
  #shown = null;
  #asked = { engraving: 0, artwork: 0 };
  #state = {
    colours: {},
    finishes: {},
    lit: {},
    inks: {},
    // Of each kind: whether it is there, and how brightly its panel is lit.
    panels: { artwork: [0, 0], engraving: [0, 0] },
  };

  constructor(gl, panels, drawn) {
    this.#gl = gl;
    this.#drawn = drawn;
    this.#panels = panels;
    replace(gl, UNITS.engraving, new ImageData(2, 2));
    replace(gl, UNITS.artwork, new ImageData(2, 2));
  }

  /** Have a view and the finishes in it ready to be shown; throws when a plate cannot be had. */
  async ready(view, finishes) {
    if (!this.#views.has(view.id)) {
      const coming = View.load(this.#gl, view, this.#panels);
      this.#views.set(view.id, coming);
      // Whoever asks the next time tries again.
      coming.catch(() => this.#views.delete(view.id));
    }
    const loaded = await this.#views.get(view.id);
    await loaded.ready(finishes);
  }

  /** Show a view that is ready. */
  async show(view) {
    const wanted = await this.#views.get(view.id);
    const { canvas } = this.#gl;
    const { size } = wanted.layout;
    if (canvas.width !== size) canvas.width = canvas.height = size;
    this.#shown = wanted;
    wanted.use();
    this.#draw();
  }

  /** Paint every part and every ink with a colour "#RRGGBB"; `finishes` are weights by "part/finish". */
  paint({ colours, finishes, inks }) {
    Object.assign(this.#state, { colours: light(colours), inks: light(inks), finishes });
    this.#draw();
  }

  /** Light parts or the panel of a kind of content up, by 0 to 1. */
  glow({ parts = [], role = "" }, amount) {
    this.#state.lit = Object.fromEntries(parts.map((part) => [part, amount]));
    for (const [name, panel] of Object.entries(this.#state.panels)) panel[1] = name === role ? amount : 0;
    this.#draw();
  }

  /** Show the mask at an address (nothing without one) as the engraving, unless another was asked for before it has come. */
  async engrave(address) {
    const mine = ++this.#asked.engraving;
    const mask = address && (await bitmap(address));
    if (mine !== this.#asked.engraving) return;
    if (mask) replace(this.#gl, UNITS.engraving, mask);
    this.#state.panels.engraving[0] = mask ? 1 : 0;
    this.#draw();
  }

  /** Print a picture (a bitmap, or the address of one) on a panel, or nothing (null), unless asked again meanwhile. */
  async print(picture, placement, panel) {
    const mine = ++this.#asked.artwork;
    const bitmapOfIt = typeof picture === "string" ? await printable(picture) : picture;
    if (mine !== this.#asked.artwork) return;
    if (bitmapOfIt) replace(this.#gl, UNITS.artwork, panelTexture(bitmapOfIt, placement, panel));
    this.#state.panels.artwork[0] = bitmapOfIt ? 1 : 0;
    this.#draw();
  }

  #draw() {
    if (!this.#shown) return;
    this.#shown.draw(this.#state);
    this.#drawn();
  }
}
