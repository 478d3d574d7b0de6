import readme from '../../../../README.md';
import security from '../../../../SECURITY.md';
import algorithm from '../../../../docs/ALGORITHM.md';
import dataManager from '../../../../docs/data-manager.md';
import database from '../../../../docs/database.md';
import formats from '../../../../docs/FORMATS.md';
import json from '../../../../docs/json.md';
import install from '../../../../docs/install.md';
import officer from '../../../../docs/officer.md';
import pharmacist from '../../../../docs/pharmacist.md';
import physician from '../../../../docs/physician.md';
import rAndSas from '../../../../docs/r-and-sas.md';
import scope from '../../../../docs/scope.md';
import statistician from '../../../../docs/statistician.md';
import requirements from '../../../../docs/validation/requirements.md';
import statement from '../../../../docs/validation/statement.md';
import terminology from '../../../../docs/TERMINOLOGY.md';
import windows from '../../../../docs/windows.md';

/** A page of the documentation. */
export interface Page {
  /** What somebody types for it. */
  readonly name: string;
  /** Its file in the repository. */
  readonly file: string;
  readonly about: string;
  /** Markdown. */
  readonly text: string;
}

/** The pages that the program carries, so that whoever has it alone can read them. Those for developers are not here. */
export const PAGES: readonly Page[] = [
  page('readme', 'README.md', 'what randose is, and the first trial', readme),
  page('statistician', 'docs/statistician.md', 'the study, the plan, the list', statistician),
  page('pharmacist', 'docs/pharmacist.md', 'labels, kits, participants, visits', pharmacist),
  page('data-manager', 'docs/data-manager.md', 'exports for other programs', dataManager),
  page('database', 'docs/database.md', 'many sites, one ledger in PostgreSQL', database),
  page('r-and-sas', 'docs/r-and-sas.md', 'exports and lists in R and SAS', rAndSas),
  page('officer', 'docs/officer.md', 'keys, cards, code-breaks', officer),
  page('physician', 'docs/physician.md', 'to need an arm, and to read an answer', physician),
  page('install', 'docs/install.md', 'to install randose, with or without Node', install),
  page('windows', 'docs/windows.md', 'what is known of randose on Windows', windows),
  page('security', 'SECURITY.md', 'who can see what, and how to check it', security),
  page('scope', 'docs/scope.md', 'what randose does not do', scope),
  page('terminology', 'docs/TERMINOLOGY.md', 'one word for one thing', terminology),
  page('json', 'docs/json.md', 'what --json prints, for scripts', json),
  page('formats', 'docs/FORMATS.md', 'every file, column and entry', formats),
  page(
    'statement',
    'docs/validation/statement.md',
    'what Part 11, Annex 11 and GCP ask',
    statement,
  ),
  page(
    'requirements',
    'docs/validation/requirements.md',
    'what is tested, and its risk',
    requirements,
  ),
  page('algorithm', 'docs/ALGORITHM.md', 'how a list follows from its seed', algorithm),
];

function page(name: string, file: string, about: string, text: string): Page {
  return { name, file, about, text };
}
