// In place of the decoders of Draco, KTX2 and meshopt: no model here is compressed. Without them nothing compiles
// WebAssembly, starts a worker or asks another host, and the page's policy allows none of that.
export const MeshoptDecoder = { supported: false, ready: Promise.resolve() };

class Decoder {
  setDecoderPath() {
    return this;
  }

  setTranscoderPath() {
    return this;
  }

  detectSupport() {
    return this;
  }
}

export { Decoder as DRACOLoader, Decoder as KTX2Loader };
