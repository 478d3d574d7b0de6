/** The published vectors, as their texts by the names of their files (the plugin `folderTexts` of rolldown.config.ts). */
declare module '*/fixtures/vectors?files' {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}
