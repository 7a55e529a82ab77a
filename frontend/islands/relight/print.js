// A customer's picture as it lies on its panel: the texture that is printed, drawn as the server draws it.

// As fine as the server's texture: configurator/pictures/printing.py.
const PIXELS_PER_MM = 4;

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
export function panelTexture(picture, placement, panel, pixelsPerMm = PIXELS_PER_MM) {
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
