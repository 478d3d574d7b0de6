/** A font file, as its bytes (the plugin `fileBytes` of rolldown.config.ts). */
declare module '*.ttf' {
  const bytes: Uint8Array;
  export default bytes;
}

/** A WebAssembly module, as its bytes (the same). */
declare module '*.wasm' {
  const bytes: Uint8Array;
  export default bytes;
}
