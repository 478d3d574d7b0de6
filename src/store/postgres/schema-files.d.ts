/** The files that make a ledger in a database, as their texts by their names (the plugin `folderTexts` of rolldown.config.ts). */
declare module '*/schema?files' {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}
