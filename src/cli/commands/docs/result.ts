import { form, forms, list, members, says, TEXT } from '../../results/shapes.ts';

const PAGE = {
  page: says(TEXT, 'The name to type.'),
  file: says(TEXT, 'The file in the repository and in the package.'),
};

export const DOCS_RESULT = forms(
  form('Without a page: all of them.', {
    pages: says(
      list(members({ ...PAGE, about: says(TEXT, 'What is in it.') })),
      'The pages that the program has.',
    ),
  }),
  form('A page, or a part of it.', { ...PAGE, text: says(TEXT, 'The text, in Markdown.') }),
);
