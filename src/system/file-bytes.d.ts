/** A font file, as its bytes (the plugin `fileBytes` of rolldown.config.ts). */
declare module '*.ttf' {
  const bytes: Uint8Array;
  export default bytes;
}
