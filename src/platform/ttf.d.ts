/** A font file, as its bytes (the plugin `fontBytes` of rolldown.config.ts). */
declare module '*.ttf' {
  const bytes: Uint8Array;
  export default bytes;
}
