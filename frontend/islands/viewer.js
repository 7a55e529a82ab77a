// <model-viewer>, which is fetched when somebody asks for it: until then the page does without its 240 kilobytes.

/** What keeps a design from being shown in 3D. */
export class NotShown extends Error {}

/**
 * A viewer of a model, laid out in `place` and resolved when its first frame can be seen. `sides` are the words that it
 * says while it is turned. Raises NotShown, and leaves nothing behind.
 */
export async function openViewer(place, { script, camera, exposure, sides }, { src, alt, poster = "" }) {
  if (!document.createElement("canvas").getContext("webgl2")) throw new NotShown("no WebGL2");
  try {
    await import(script);
  } catch (error) {
    throw new NotShown("the viewer was not fetched", { cause: error });
  }
  const viewer = document.createElement("model-viewer");
  const attributes = {
    alt,
    a11y: JSON.stringify(sides),
    "camera-controls": "",
    "touch-action": "pan-y",
    "camera-orbit": camera.orbit,
    // Without it the viewer would come nearer at once: it knows no studio as wide as this one.
    "max-camera-orbit": `auto auto ${camera.orbit.split(" ").at(-1)}`,
    "camera-target": camera.target,
    "field-of-view": camera.field_of_view,
    "tone-mapping": "neutral",
    "environment-image": "neutral",
    exposure,
    "shadow-intensity": "0.7",
    "shadow-softness": "0.9",
    "interaction-prompt": "none",
    ar: "",
    "ar-modes": "webxr scene-viewer quick-look",
    "ar-scale": "fixed",
    loading: "eager",
    src,
  };
  if (poster) attributes.poster = poster;
  for (const [name, value] of Object.entries(attributes)) viewer.setAttribute(name, value);
  // The button for a room is the page's own: an empty one takes the place of the viewer's.
  const silent = document.createElement("span");
  silent.slot = "ar-button";
  silent.hidden = true;
  viewer.append(silent);
  return shown(viewer, place);
}

/** Paint a viewer's model as a design: colours and finishes by part, colours of letters by kind. */
export function paintModel(viewer, { surfaces, inks }, { colours, parts, inks: painted }) {
  if (!viewer.model) return;
  // The material of a bare panel is on nothing that is shown, and is never loaded.
  const surface = (name) => {
    const material = viewer.model.getMaterialByName(name);
    return material?.isLoaded ? material.pbrMetallicRoughness : null;
  };
  for (const [part, known] of Object.entries(surfaces)) {
    const at = surface(part);
    if (!at || !colours[part]) continue;
    const { roughness, metallic } = { ...known[""], ...known[parts[part]] };
    at.setBaseColorFactor(colours[part]);
    at.setRoughnessFactor(roughness);
    at.setMetallicFactor(metallic);
  }
  for (const [kind, material] of Object.entries(inks)) surface(material)?.setBaseColorFactor(painted[kind]);
}

function shown(viewer, place) {
  return new Promise((resolve, reject) => {
    viewer.addEventListener("load", () => resolve(viewer), { once: true });
    viewer.addEventListener(
      "error",
      ({ detail }) => {
        if (!viewer.loaded) viewer.remove();
        reject(new NotShown(detail?.type ?? "error"));
      },
      { once: true },
    );
    place.append(viewer);
  });
}
