/** The Unicode Line Breaking Algorithm (UAX #14), as far as it is used here. */
declare module 'linebreak' {
  export default class LineBreaker {
    constructor(text: string);
    nextBreak(): { readonly position: number; readonly required: boolean } | null;
  }
}
