/** A font file, as its bytes (the plugin `fileBytes` of rolldown.config.ts). */
declare module '*.ttf' {
  const bytes: Uint8Array;
  export default bytes;
}

/** The program of HiGHS in WebAssembly, as its bytes (the same plugin). */
declare module 'highs/runtime' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
