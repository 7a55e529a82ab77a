// Begins a page's own script once its picture is painted: until then its form works by its buttons.
import { firstPaint } from "./paint.js";

const { island } = document.querySelector("script[data-island]").dataset;
await firstPaint();
await import(island);
