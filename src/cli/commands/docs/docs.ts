import { RandoseError } from '../../../errors.ts';
import { nearestWord } from '../../../words.ts';
import type { Output } from '../../output/output.ts';
import { formatTable } from '../../output/table.ts';
import type { DocsFlags } from './command.ts';
import { formatPage, headingsOf, sectionsWith } from './page-text.ts';
import { type Page, PAGES } from './pages.ts';

/** `randose docs`: a page of the documentation, which the program carries. To another program it is Markdown. */
export function docs(
  output: Output,
  _: DocsFlags,
  [typed, words]: [string | undefined, string[]],
): void {
  if (typed === undefined) {
    listPages(output);
    return;
  }
  const page = pageNamed(typed);
  const text = words.length === 0 ? page.text : sectionNamed(page, words.join(' '));
  const { name, file } = page;
  const shown = output.isShown ? formatPage(text, output) : text;
  output.result({ page: name, file, text }, shown, { exact: true });
}

function listPages(output: Output): void {
  const rows = PAGES.map(({ name, about }) => [name, about]);
  output.result(
    { pages: PAGES.map(({ name, file, about }) => ({ page: name, file, about })) },
    formatTable(['Page', 'What is in it'], rows, output.colour, output),
  );
  output.say('To read one: randose docs officer. A part of it: randose docs officer rewrap');
  output.say('In a pager: randose docs officer | less');
}

/** @throws RandoseError `usage` if there is no page with this name */
function pageNamed(typed: string): Page {
  const sought = typed.toLowerCase().replace(/^docs\/|\.md$/g, '');
  const found = PAGES.find(({ name }) => name === sought);
  if (found !== undefined) return found;
  const names = PAGES.map(({ name }) => name);
  const nearest = OF_DATA_MANAGER.includes(sought) ? 'data-manager' : nearestWord(sought, names);
  throw new RandoseError('usage', `there is no page "${typed.slice(0, 40)}"`, {
    hint: `${nearest === undefined ? '' : `Did you mean ${nearest}? `}The pages are: ${names.join(', ')}.`,
  });
}

/** What the data manager's page is about. */
const OF_DATA_MANAGER = ['export', 'exports', 'manager', 'redcap', 'edc', 'excel'];

/** @throws RandoseError `usage` if the page does not have the words */
function sectionNamed({ name, text }: Page, words: string): string {
  const section = sectionsWith(text, words);
  if (section !== '') return section;
  const headings = headingsOf(text)
    .filter(({ depth }) => depth === 2)
    .map((heading) => ({ message: heading.text }));
  throw new RandoseError('usage', `the page ${name} does not have "${words.slice(0, 60)}"`, {
    problems: headings,
    hint: 'Its headings are above. Type some words of one, or the name of the page alone.',
  });
}
