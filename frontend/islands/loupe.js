// A closer look at a picture: hold a mouse button for a round glass; tap, click or press the button for the whole
// frame, then drag or tap, or use the keys. The large picture is fetched at the first look.
const USUAL = 2.5;
const LEAST = 1.5;
const MOST = 4;
const STEP = 1.25;
const STRIDE = 60;
const QUICK = 250;
const STILL = 6;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const GROWTH = { "+": STEP, "=": STEP, "-": 1 / STEP };

const clamp = (number, least, most) => Math.min(Math.max(number, least), Math.max(least, most));

export class Loupe {
  #box;
  #button;
  #square;
  #address;
  #glass = document.createElement("div");
  #picture = document.createElement("img");
  #mode = "";
  #factor = USUAL;
  #pointer = "";
  // The point in the middle, in shares of the picture.
  #at = { x: 0.5, y: 0.5 };

  /**
   * `square()` is where the picture stands on the page (`left`, `top`, `side` in pixels, `base` its side at rest),
   * `address()` its large file; the glass lies in `box`, right after `below`.
   */
  constructor({ box, below, button, square, address }) {
    this.#box = box;
    this.#button = button;
    this.#square = square;
    this.#address = address;
    this.#picture.alt = "";
    this.#glass.className = "glass";
    this.#glass.setAttribute("aria-hidden", "true");
    this.#glass.hidden = true;
    this.#glass.append(this.#picture);
    below.after(this.#glass);
    box.classList.add("loupe");
    button.hidden = false;
    button.addEventListener("click", () => (this.#mode ? this.close() : this.#open("whole", this.#middle())));
    box.addEventListener("keydown", (event) => this.#key(event));
    box.addEventListener("pointerdown", (event) => this.#press(event));
    box.addEventListener("click", (event) => this.#click(event));
    box.addEventListener("dragstart", (event) => event.preventDefault());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    addEventListener("resize", () => this.#draw());
  }

  /** Another picture stands there now. */
  refresh() {
    if (this.#mode) this.#picture.src = this.#address();
  }

  close() {
    this.#mode = "";
    this.#glass.hidden = true;
    this.#button.setAttribute("aria-pressed", "false");
    delete this.#box.dataset.zoomed;
  }

  async #open(mode, at) {
    this.#mode = mode;
    this.#factor = USUAL;
    this.#at = at;
    if (this.#picture.getAttribute("src") !== this.#address()) this.#picture.src = this.#address();
    try {
      await this.#picture.decode();
    } catch (error) {
      console.info("There is no larger picture:", error.message);
      this.close();
      return;
    }
    // Let go of meanwhile, or pressed for another look.
    if (this.#mode !== mode) return;
    this.#glass.hidden = false;
    this.#glass.dataset.mode = mode;
    this.#box.dataset.zoomed = mode;
    this.#button.setAttribute("aria-pressed", String(mode === "whole"));
    this.#draw();
    if (mode === "whole") this.#say();
  }

  #draw() {
    if (!this.#mode) return;
    const frame = this.#box.getBoundingClientRect();
    const { left, top, side, base } = this.#square();
    const size = base * this.#factor;
    const { offsetWidth: width, offsetHeight: height } = this.#glass;
    if (this.#mode === "whole") {
      this.#at.x = clamp(this.#at.x, width / 2 / size, 1 - width / 2 / size);
      this.#at.y = clamp(this.#at.y, height / 2 / size, 1 - height / 2 / size);
      this.#glass.style.setProperty("transform", "none");
    } else {
      const x = left - frame.left + this.#at.x * side - width / 2;
      const y = top - frame.top + this.#at.y * side - height / 2;
      this.#glass.style.setProperty("transform", `translate(${x}px, ${y}px)`);
    }
    this.#picture.style.setProperty("width", `${size}px`);
    const [x, y] = [width / 2 - this.#at.x * size, height / 2 - this.#at.y * size];
    this.#picture.style.setProperty("transform", `translate(${x}px, ${y}px)`);
  }

  #key(event) {
    if (this.#mode !== "whole" || event.target !== this.#button || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in KEYS) {
      const [x, y] = KEYS[event.key];
      this.#move(x * STRIDE, y * STRIDE);
    } else if (event.key in GROWTH) {
      this.#factor = clamp(this.#factor * GROWTH[event.key], LEAST, MOST);
      this.#draw();
      this.#say();
    } else {
      return;
    }
    event.preventDefault();
  }

  #press(event) {
    this.#pointer = event.pointerType;
    if (event.button || event.target.closest("button")) return;
    const from = { x: event.clientX, y: event.clientY, time: event.timeStamp };
    if (!this.#mode && event.pointerType === "mouse") this.#open("lens", this.#point(event));
    else if (!this.#mode) return;
    const last = { ...from };
    const follow = (move) => {
      if (this.#mode === "lens") {
        this.#at = this.#point(move);
        this.#draw();
      } else {
        this.#move(last.x - move.clientX, last.y - move.clientY);
      }
      Object.assign(last, { x: move.clientX, y: move.clientY });
    };
    const end = (up) => {
      removeEventListener("pointermove", follow);
      for (const name of ["pointerup", "pointercancel"]) removeEventListener(name, end);
      const isStill = Math.hypot(up.clientX - from.x, up.clientY - from.y) < STILL;
      if (this.#mode === "lens") {
        this.close();
        if (isStill && up.timeStamp - from.time < QUICK) this.#open("whole", this.#point(up));
      } else if (isStill && up.type === "pointerup" && this.#mode) {
        this.#centre(up);
      }
    };
    addEventListener("pointermove", follow);
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, end);
  }

  /** A tap; what a mouse does is known by then. A link to the large file is followed only without this module. */
  #click(event) {
    if (event.target.closest("button")) return;
    event.preventDefault();
    if (!this.#mode && this.#pointer !== "mouse") this.#open("whole", this.#point(event));
  }

  /** Bring the point that was tapped to the middle: what dragging does, without dragging. */
  #centre({ clientX, clientY }) {
    const frame = this.#glass.getBoundingClientRect();
    this.#move(clientX - frame.left - frame.width / 2, clientY - frame.top - frame.height / 2);
  }

  #move(right, down) {
    const size = this.#square().base * this.#factor;
    this.#at = { x: this.#at.x + right / size, y: this.#at.y + down / size };
    this.#draw();
  }

  /** A point of the page in shares of the picture. */
  #point({ clientX, clientY }) {
    const { left, top, side } = this.#square();
    return { x: clamp((clientX - left) / side, 0, 1), y: clamp((clientY - top) / side, 0, 1) };
  }

  #middle() {
    const { left, top, width, height } = this.#box.getBoundingClientRect();
    return this.#point({ clientX: left + width / 2, clientY: top + height / 2 });
  }

  #say() {
    const status = document.querySelector("[data-part=status]");
    if (status) status.textContent = this.#button.dataset.said.replace("{times}", this.#factor.toFixed(1));
  }
}
