import { type LabelText, LABEL_TEXTS, LABEL_WORDS, LABELS, PACKAGED } from './supplies.ts';
import { ARM, type StudyYaml } from './study-shape.ts';
import type { YamlPath } from './yaml-file.ts';

/** The languages of which randose has the words of a label. */
const LANGUAGES_WITH_WORDS: readonly string[] = ['en', 'fr'];

/** Reports whatever does not hold between the parts of the supplies. */
export function checkSupplies(yaml: StudyYaml): void {
  checkPackaged(yaml);
  const place = ['supplies', 'labels'];
  if (!yaml.has(place)) return;
  const labels = yaml.sound(place, LABELS);
  if (labels === undefined) return;
  const { languages, words } = labels;
  for (const [index, language] of languages.entries()) {
    const path = [...place, 'languages', index];
    if (languages.indexOf(language) < index) {
      yaml.report(path, `language "${language}" stands here twice`);
    }
    const own = words[language] ?? {};
    const missing = LABEL_WORDS.filter((word) => own[word] === undefined);
    if (!LANGUAGES_WITH_WORDS.includes(language) && missing.length > 0) {
      yaml.report(
        path,
        `of "${language}" randose has no words (it has ${LANGUAGES_WITH_WORDS.join(', ')}): supplies.labels.words.${language} is to have ${missing.join(', ')}`,
      );
    }
  }
  for (const language of Object.keys(words)) {
    if (languages.includes(language)) continue;
    yaml.report(
      [...place, 'words', language],
      `"${language}" is none of the labels' languages`,
      true,
    );
  }
  checkTexts(yaml, place, labels, languages);
  for (const { path, value } of yaml.soundItems(['supplies', 'packaged'], PACKAGED)) {
    checkTexts(yaml, path, value, languages);
  }
}

function checkPackaged(yaml: StudyYaml): void {
  const arms = yaml.soundItems(['arms'], ARM).map(({ value }) => value.code);
  const seen = new Set<string>();
  for (const { path, value } of yaml.soundItems(['supplies', 'packaged'], PACKAGED)) {
    const { arm, batch } = value;
    if (arm !== undefined && yaml.areSound(['arms']) && !arms.includes(arm)) {
      yaml.report([...path, 'arm'], `arm "${arm}" is unknown: there are ${arms.join(', ')}`);
    }
    const key = `${arm ?? ''} ${batch ?? ''}`;
    if (seen.has(key)) {
      const of = [
        arm === undefined ? 'all arms' : `arm ${arm}`,
        batch === undefined ? 'all batches' : `batch ${batch}`,
      ];
      yaml.report(path, `what is packaged for ${of.join(' and ')} stands here twice`);
    }
    seen.add(key);
  }
}

/** A text that is said by language is said in each of them, and in no other. */
function checkTexts(
  yaml: StudyYaml,
  place: YamlPath,
  texts: Partial<Record<(typeof LABEL_TEXTS)[number], LabelText | undefined>>,
  languages: readonly string[],
): void {
  for (const name of LABEL_TEXTS) {
    const text = texts[name];
    if (text === undefined || typeof text === 'string') continue;
    const missing = languages.filter((language) => text[language] === undefined);
    const others = Object.keys(text).filter((language) => !languages.includes(language));
    if (missing.length > 0) {
      yaml.report([...place, name], `${name} is missing in: ${missing.join(', ')}`);
    }
    if (others.length > 0) {
      const message = `${name} is in ${others.join(', ')}, which labels do not have: they have ${languages.join(', ')}`;
      yaml.report([...place, name], message);
    }
  }
}
