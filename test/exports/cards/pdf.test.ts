import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { drawKeyPair } from '../../../src/store/draw.ts';
import { sealFor } from '../../../src/blinding/seal.ts';
import { ageCommand, HOW_TO_GET_AGE } from '../../../src/exports/cards/age-command.ts';
import type { Card, CardPages } from '../../../src/exports/cards/card.ts';
import { formatCards } from '../../../src/exports/cards/pdf.ts';
import { FONTS } from '../../../src/system/fonts.ts';
import { testFolder } from '../../support/command-line.ts';
import { testWithTool } from '../../support/tools.ts';

const withPdftotext = testWithTool(['pdftotext', '-v']);
const withAge = spawnSync('pdftotext', ['-v']).error
  ? withPdftotext
  : testWithTool(['age', '--version']);
const withZbarimg = testWithTool(['zbarimg', '--version']);

const keys = await Promise.all(Array.from({ length: 3 }, () => drawKeyPair()));
const cards: Card[] = keys.map(({ identity }, index) => ({
  number: `R00${index + 1}`,
  kits: [`4KX9TM${index}`],
  stratum: 'site=CRT',
  site: 'Hôpital Example, Créteil',
  envelope: `allocation/envelopes/R00${index + 1}.age`,
  identity,
  receipt: `${index + 1}:${createHash('sha256').update(identity).digest('hex')}`,
}));
const pages: CardPages = {
  study: { id: 'DEPIL-2', title: 'An example trial', sponsor: 'Example Sponsor' },
  made: '2026-06-15',
  isDummy: false,
  isReprint: false,
  contact: { name: 'Example Trial Line', phone: '+33 1 99 00 12 34' },
  cards,
};
const long: CardPages = {
  ...pages,
  study: { id: 'S'.repeat(32), title: 'Wide words '.repeat(27), sponsor: 'Sponsor '.repeat(25) },
  contact: {
    name: 'Emergency line '.repeat(6).trim(),
    phone: '+49 (0)89 123 456 789 0 ext. 12345',
  },
  cards: cards.map((card) => ({
    ...card,
    number: 'Prefix99-SITE-CODE-16-CH-000001-X',
    kits: Array.from({ length: 4 }, () => '34679ASITECODE-1234567890A'),
    stratum: `site=${'S'.repeat(16)}/${'factor=level/'.repeat(6)}`,
    site: 'Νοσοκομείο Παράδειγμα, nemocnice Příklad, szpital Przykład, 病院 '.repeat(3),
    envelope: `allocation/batch-12/rewrap-3/envelopes/Prefix99-SITE-CODE-16-CH-000001-X.age`,
    receipt: `123456789:${'f'.repeat(64)}`,
  })),
};

async function written(of: CardPages): Promise<{ folder: string; file: string }> {
  const folder = testFolder();
  const file = join(folder, 'cards.pdf');
  writeFileSync(file, await formatCards(of, FONTS));
  return { folder, file };
}

function textOf(file: string, page: number): string {
  const words = ['-layout', '-f', `${page}`, '-l', `${page}`, file, '-'];
  return execFileSync('pdftotext', words, { encoding: 'utf8' });
}

test('the same cards give the same bytes, at any time', async () => {
  const digests = [await formatCards(pages, FONTS), await formatCards(pages, FONTS)].map((pdf) =>
    createHash('sha256').update(pdf).digest('hex'),
  );
  expect(digests[0]).toBe(digests[1]);
});

describe('a card', () => {
  withPdftotext('has its number, its kit, its key, and no other', async () => {
    const { file } = await written(pages);
    for (const [index, { number, kits, identity, envelope, receipt }] of cards.entries()) {
      const text = textOf(file, index + 1);
      for (const words of [number, ...kits, identity, envelope, receipt, 'DEPIL-2', 'Créteil']) {
        expect(text).toContain(words);
      }
      expect(text).not.toMatch(/DUMMY|REPRINT/);
      for (const other of cards.filter((card) => card.number !== number)) {
        expect(text).not.toContain(other.identity);
        expect(text).not.toContain(other.number);
      }
    }
    const printed = execFileSync('pdftotext', [file, '-'], { encoding: 'utf8' }).split('\f');
    expect(printed).toHaveLength(cards.length + 1);
  });

  withZbarimg('has its key as a QR code that a scanner reads [R-045]', async () => {
    const { folder, file } = await written(long);
    execFileSync('pdftoppm', ['-r', '110', '-png', file, join(folder, 'page')]);
    for (const [index, { identity }] of cards.entries()) {
      const image = join(folder, `page-${index + 1}.png`);
      const words = ['-q', '--raw', '--nodbus', image];
      expect(execFileSync('zbarimg', words, { encoding: 'utf8' }).trim()).toBe(identity);
    }
  });

  withAge('has the whole command with which stock age opens the envelope', async () => {
    const { folder, file } = await written(pages);
    const text = textOf(file, 2);
    const [identity] = /AGE-SECRET-KEY-1[A-Z0-9]{58}/.exec(text)!;
    const [, command] = /2\. (age .*)\n/.exec(text)!;
    execFileSync('mkdir', ['-p', join(folder, 'allocation/envelopes')]);
    const envelope = await sealFor([keys[1]!.recipient])(`what is  in it${' '.repeat(99)}\n`);
    writeFileSync(join(folder, cards[1]!.envelope), envelope);
    writeFileSync(join(folder, 'card.txt'), `${identity}\n`);
    const opened = execFileSync('sh', ['-c', command!], { cwd: folder, encoding: 'utf8' });
    expect(opened).toBe('what is in it \n');
    expect(text).toContain(HOW_TO_GET_AGE);
    expect(text).toContain('R002.age in another folder of allocation/ or superseded/');
  });

  withPdftotext('has the whole randose command, with the kit of its slot', async () => {
    const spared = cards.map((card) => ({ ...card, kits: [...card.kits, 'SPARE47'] }));
    for (const isDummy of [false, true]) {
      const { file } = await written({ ...pages, isDummy, cards: spared });
      for (const [index, { kits }] of spared.entries()) {
        const command = `randose unblind --kit ${kits[0]} --card`;
        const lines = textOf(file, index + 1).split('\n');
        const [printed] = lines.filter((line) => line.includes('randose unblind --kit'));
        expect(printed?.trim()).toBe(isDummy ? `${command} --rehearsal` : command);
      }
    }
  });

  withPdftotext('says whom to call and what was filed, outside the fold', async () => {
    const { file } = await written(pages);
    for (const [index, { receipt }] of cards.entries()) {
      const outside = textOf(file, index + 1).split('2. Then fold here')[0]!;
      expect(outside).toMatch(/24 hours: \+33 1 99 00 12 34 +Example Trial Line\n/);
      expect(outside).toMatch(new RegExp(`randose unblind prints it again[^]*Ledger ${receipt}`));
    }
    const { file: silent } = await written({ ...pages, contact: null });
    expect(textOf(silent, 1)).not.toContain('24 hours');
    expect(textOf(silent, 1)).toContain(cards[0]!.receipt);
  });

  withPdftotext('of a rehearsal, or printed again, says so [R-039]', async () => {
    const { file } = await written({ ...pages, isDummy: true, isReprint: true });
    for (const page of [1, 2, 3]) {
      expect(textOf(file, page)).toMatch(/DUMMY: FOR REHEARSAL ONLY +REPRINT/);
    }
  });

  withPdftotext('has what one acts on in full, however long it is', async () => {
    const { file } = await written(long);
    for (const [index, { number, kits, envelope, identity, receipt }] of long.cards.entries()) {
      const text = textOf(file, index + 1);
      const commands = [`${ageCommand('card.txt', envelope)}\n`, `--kit ${kits[0]} --card`];
      const outside = ['24 hours: +49 (0)89 123 456 789 0 ext. 12345', receipt];
      for (const words of [number, ...kits, ...commands, ...outside, identity]) {
        expect(text).toContain(words);
      }
      expect(text.match(/Emergency/g)).toHaveLength(6);
      // On the outside, above the key, in the command, and in what else to look for.
      expect(text.split(number)).toHaveLength(5);
    }
  });

  withPdftotext('cuts off only what is too long for the least size', async () => {
    const endless = { ...pages.study, title: 'a trial of '.repeat(500), sponsor: 'S'.repeat(5000) };
    const { file } = await written({ ...pages, study: endless });
    expect(textOf(file, 1).match(/…/g)).toHaveLength(2);
  });

  withPdftotext(
    'has a box for each character that no font has, and none that is hidden',
    async () => {
      const site = 'Νοσοκομείο\u0000\nPříklad Żółć Больница 病院';
      const { file } = await written({ ...pages, cards: [{ ...cards[0]!, site }] });
      expect(textOf(file, 1)).toContain('Νοσοκομείο Příklad Żółć Больница □□');
    },
  );

  withPdftotext('has no line for a site or a stratum where there is none', async () => {
    const { file } = await written({
      ...pages,
      cards: [{ ...cards[0]!, site: null, stratum: null }],
    });
    expect(textOf(file, 1)).not.toMatch(/null|site=|Créteil/);
  });

  withZbarimg('takes a longer key, such as a post-quantum one', async () => {
    const identity = `AGE-SECRET-KEY-PQ-1${'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'.repeat(2)}`;
    const { folder, file } = await written({ ...pages, cards: [{ ...cards[0]!, identity }] });
    execFileSync('pdftoppm', ['-r', '110', '-png', file, join(folder, 'page')]);
    const image = join(folder, 'page-1.png');
    const read = execFileSync('zbarimg', ['-q', '--raw', '--nodbus', image], { encoding: 'utf8' });
    expect(read.trim()).toBe(identity);
    expect(textOf(file, 1)).toContain(identity);
    expect(textOf(file, 1)).toContain('After AGE-SECRET-KEY-PQ-1 it has no letter B');
  });

  withPdftotext('stays on its page, and no word on another, whatever its words are', async () => {
    const marked = { ...long, isDummy: true, isReprint: true };
    for (const of of [pages, { ...pages, contact: null }, long, marked]) {
      const { file } = await written(of);
      const printed = execFileSync('pdftotext', ['-bbox', file, '-'], { encoding: 'utf8' });
      for (const page of printed.split('<page ').slice(1)) {
        const words = boxesOf(page);
        expect(words.length).toBeGreaterThan(80);
        for (const { left, top, right, bottom } of words) {
          expect(left).toBeGreaterThan(40);
          expect(right).toBeLessThan(555);
          expect(top).toBeGreaterThan(30);
          expect(bottom).toBeLessThan(600);
        }
        expect(words.flatMap((one, at) => words.slice(at + 1).filter((b) => meet(one, b)))).toEqual(
          [],
        );
      }
    }
  });
});

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function boxesOf(page: string): Box[] {
  const found = page.matchAll(/xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">/g);
  return [...found].map(([, left, top, right, bottom]) => ({
    left: Number(left),
    top: Number(top),
    right: Number(right),
    bottom: Number(bottom),
  }));
}

/** Whether two words share more than a hair's breadth, which is a tenth of a point. */
function meet(one: Box, other: Box): boolean {
  const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  return across > 0.1 && down > 0.1;
}
