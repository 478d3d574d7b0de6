/** A template, as its text (the plugin `fileTexts` of rolldown.config.ts). */
declare module '*.yaml' {
  const text: string;
  export default text;
}

/** A table, as its text (the same). */
declare module '*.csv' {
  const text: string;
  export default text;
}
