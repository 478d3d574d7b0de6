/** A page of the documentation, as its text (the plugin `fileTexts` of rolldown.config.ts). */
declare module '*.md' {
  const text: string;
  export default text;
}
