// <model-viewer>, built as a file of its own that is fetched when somebody asks for 3D.
import "@google/model-viewer/lib/model-viewer.js";
