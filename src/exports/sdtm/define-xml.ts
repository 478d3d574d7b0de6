import { CT_VERSION, type CodeList } from '../../study/cdisc-terms.ts';
import type { Study } from '../../study/study.ts';
import { lengthOf, type Measures } from '../datasets/dataset.ts';
import type { Source } from '../datasets/dataset-json.ts';
import { isAnalysis, type SdtmColumn, type SdtmDataset } from './sdtm-dataset.ts';
import { SDTMIG_VERSION } from './trial-design/ts.ts';

type Measured = SdtmDataset & Measures;

/** A dataset, and the name of the file in which it is. */
export interface DefinedFile {
  readonly dataset: Measured;
  readonly file: string;
}

/** The version of the ADaM Implementation Guide for datasets of analysis. */
const ADAMIG_VERSION = '1.3';

/**
 * Writes Define-XML 2.1: the datasets, their variables, and where their values come from. Its parts are in the order that
 * the standard asks for.
 *
 * @param files of SDTM, or of ADaM: never of both, because each has a define.xml of its own
 * @param remark what must be known of all files, such as that they have arms
 */
export function formatDefineXml(
  study: Pick<Study, 'id' | 'title'>,
  files: readonly DefinedFile[],
  { created, originator, version }: Pick<Source, 'created' | 'originator' | 'version'>,
  remark: string | undefined,
): string {
  const datasets = files.map(({ dataset }) => dataset);
  const lists = new Lists();
  const comments = new Comments();
  const about = remark === undefined ? '' : attribute('def:CommentOID', comments.of(remark));
  const groups = files.flatMap((one) => group(one, comments));
  const items = datasets.flatMap((dataset) =>
    dataset.columns.map((column, index) => item(dataset, column, index, lists, comments)),
  );
  const { ofValues, wheres, valueItems } = qualifiers(datasets, comments);
  const isAdam = datasets.every(isAnalysis);
  const part = isAdam ? '.ADAM' : '';
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:def="http://www.cdisc.org/ns/def/v2.1"',
    `  ODMVersion="1.3.2" FileType="Snapshot"${attribute('FileOID', `DEF.${study.id}${part}.${created}`)}${attribute('CreationDateTime', created)}${originator === '' ? '' : attribute('Originator', originator)} SourceSystem="randose"${attribute('SourceSystemVersion', version)} def:Context="Other">`,
    `<Study${attribute('OID', `STDY.${study.id}`)}>`,
    `<GlobalVariables><StudyName>${escaped(study.id)}</StudyName><StudyDescription>${escaped(study.title)}</StudyDescription><ProtocolName>${escaped(study.id)}</ProtocolName></GlobalVariables>`,
    `<MetaDataVersion${attribute('OID', `MDV.${study.id}${part}`)}${attribute('Name', `${study.id}, randomization and supplies`)} def:DefineVersion="2.1.0"${about}>`,
    '<def:Standards>',
    ...(isAdam
      ? [
          `<def:Standard OID="STD.IG" Name="ADaMIG" Type="IG" Version="${ADAMIG_VERSION}" Status="Final"/>`,
        ]
      : [
          `<def:Standard OID="STD.IG" Name="SDTMIG" Type="IG" Version="${SDTMIG_VERSION}" Status="Final"/>`,
          `<def:Standard OID="STD.CT" Name="CDISC/NCI" Type="CT" PublishingSet="SDTM" Version="${CT_VERSION}" Status="Final"/>`,
        ]),
    '</def:Standards>',
    ...ofValues,
    ...wheres,
    ...groups,
    ...items,
    ...valueItems,
    ...lists.lines(),
    ...comments.lines(),
    '</MetaDataVersion>',
    '</Study>',
    '</ODM>',
  ].join('\n')}\n`;
}

/** A dataset: its keys, its variables, its file. */
function group({ dataset, file }: DefinedFile, comments: Comments): string[] {
  const { name, domain, label, structure, isReference, comment } = dataset;
  const repeats = structure !== 'One record per subject' && !isReference;
  // Domains and roles are SDTM's: ADaM has neither.
  const isAdam = isAnalysis(dataset);
  const refs = dataset.columns.map((column, index) => {
    const role = isAdam ? '' : attribute('Role', column.role);
    const key = column.key === undefined ? '' : attribute('KeySequence', String(column.key));
    const isMandatory = column.core === 'R' ? 'Yes' : 'No';
    return `<ItemRef${attribute('ItemOID', itemId(dataset, column))} OrderNumber="${index + 1}" Mandatory="${isMandatory}"${key}${role}/>`;
  });
  const purpose = isAdam ? 'Analysis' : 'Tabulation';
  const ofDomain = isAdam ? '' : attribute('Domain', domain);
  const said = comment === undefined ? '' : attribute('def:CommentOID', comments.of(comment));
  return [
    `<ItemGroupDef${attribute('OID', `IG.${name}`)} Name="${name}"${ofDomain} SASDatasetName="${name}" Repeating="${repeats ? 'Yes' : 'No'}" IsReferenceData="${isReference ? 'Yes' : 'No'}" Purpose="${purpose}"${attribute('def:Structure', structure)} def:StandardOID="STD.IG" def:ArchiveLocationID="LF.${name}"${said}>`,
    description(label),
    ...refs,
    `<def:Class Name="${dataset.class}"/>`,
    `<def:leaf ID="LF.${name}"${attribute('xlink:href', file)}><def:title>${escaped(file)}</def:title></def:leaf>`,
    '</ItemGroupDef>',
  ];
}

function itemId({ name }: SdtmDataset, column: SdtmColumn): string {
  return `IT.${name}.${column.name}`;
}

/** A variable: its type, its terms, its origin. */
function item(
  dataset: Measured,
  column: SdtmColumn,
  index: number,
  lists: Lists,
  comments: Comments,
): string {
  const { name, label, list, origin, comment } = column;
  const { type, length } = typeOf(dataset, column, index);
  const { terms } = dataset.extents[index]!;
  const used = list === undefined ? [] : Object.keys(list.terms).filter((term) => terms.has(term));
  const reference =
    list === undefined || used.length === 0
      ? ''
      : `<CodeListRef${attribute('CodeListOID', lists.of(list, used))}/>`;
  const said = comment === undefined ? '' : attribute('def:CommentOID', comments.of(comment));
  const size = length === undefined ? '' : attribute('Length', String(length));
  const values = dataset.name === 'SUPPDM' && name === 'QVAL';
  const from = values
    ? '<def:ValueListRef ValueListOID="VL.SUPPDM"/>'
    : `<def:Origin Type="${origin}"${origin === 'Collected' ? ' Source="Investigator"' : ' Source="Sponsor"'}/>`;
  return `<ItemDef${attribute('OID', itemId(dataset, column))} Name="${name}" SASFieldName="${name}" DataType="${type}"${size}${said}>${description(label)}${reference}${from}</ItemDef>`;
}

function typeOf(
  dataset: Measured,
  { type }: SdtmColumn,
  index: number,
): { readonly type: string; readonly length?: number } {
  switch (type) {
    case 'text': {
      return { type: 'text', length: lengthOf(dataset, index) };
    }
    case 'number': {
      return { type: dataset.extents[index]!.isWhole ? 'integer' : 'float', length: 8 };
    }
    case 'date':
    case 'datetime':
      return { type };
    case 'day':
      return { type: 'date' };
  }
}

/** What each qualifier of SUPPDM is: a list of values, when each counts, and the values. */
function qualifiers(datasets: readonly SdtmDataset[], comments: Comments) {
  const none = { ofValues: [], wheres: [], valueItems: [] };
  const supp = datasets.find(({ name }) => name === 'SUPPDM');
  if (supp === undefined) return none;
  const at = (wanted: string) => supp.columns.findIndex(({ name }) => name === wanted);
  const [nameAt, labelAt, valueAt] = [at('QNAM'), at('QLABEL'), at('QVAL')];
  const found = new Map<string, { label: string; length: number }>();
  for (const row of supp.rows) {
    const name = String(row[nameAt]);
    const length = Math.max(
      found.get(name)?.length ?? 1,
      Buffer.byteLength(String(row[valueAt] ?? '')),
    );
    found.set(name, { label: String(row[labelAt]), length });
  }
  const all = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (all.length === 0) {
    // QVAL refers to the list: it is there even if nobody is randomized.
    all.push(['RANDNO', { label: 'Randomization Number', length: 1 }]);
  }
  const refs = all.map(([name], index) => {
    return `<ItemRef ItemOID="IT.SUPPDM.QVAL.${name}" OrderNumber="${index + 1}" Mandatory="Yes"><def:WhereClauseRef WhereClauseOID="WC.SUPPDM.${name}"/></ItemRef>`;
  });
  const asUsed = 'As used for the randomization.';
  return {
    ofValues: ['<def:ValueListDef OID="VL.SUPPDM">', ...refs, '</def:ValueListDef>'],
    wheres: all.map(([name]) => {
      return `<def:WhereClauseDef OID="WC.SUPPDM.${name}"><RangeCheck Comparator="EQ" SoftHard="Soft" def:ItemOID="IT.SUPPDM.QNAM"><CheckValue>${name}</CheckValue></RangeCheck></def:WhereClauseDef>`;
    }),
    valueItems: all.map(([name, { label, length }]) => {
      const isStratum = /^STRAT(?:UM|\d+)$/.test(name);
      const said = isStratum ? attribute('def:CommentOID', comments.of(asUsed)) : '';
      return `<ItemDef OID="IT.SUPPDM.QVAL.${name}" Name="${name}" SASFieldName="QVAL" DataType="text" Length="${length}"${said}>${description(label)}<def:Origin Type="Assigned" Source="Sponsor"/></ItemDef>`;
    }),
  };
}

/** The lists of terms that variables refer to, each with the terms that are used. */
class Lists {
  readonly #found = new Map<string, { readonly list: CodeList; readonly used: Set<string> }>();

  /** @returns the OID */
  of(list: CodeList, used: readonly string[]): string {
    const known = this.#found.get(list.code) ?? { list, used: new Set<string>() };
    for (const term of used) known.used.add(term);
    this.#found.set(list.code, known);
    return `CL.${list.code}`;
  }

  lines(): string[] {
    return [...this.#found.values()].flatMap(({ list, used }) => [
      `<CodeList OID="CL.${list.code}"${attribute('Name', list.name)} DataType="text" def:StandardOID="STD.CT">`,
      ...Object.entries(list.terms).flatMap(([term, code]) => {
        if (!used.has(term)) return [];
        const value = attribute('CodedValue', term);
        return code === null
          ? [`<EnumeratedItem${value}/>`]
          : [`<EnumeratedItem${value}>${alias(code)}</EnumeratedItem>`];
      }),
      ...(list.isJoined === true ? [] : [alias(list.code)]),
      '</CodeList>',
    ]);
  }
}

function alias(code: string): string {
  return `<Alias Context="nci:ExtCodeID" Name="${code}"/>`;
}

/** The comments that datasets and variables refer to. */
class Comments {
  readonly #ids = new Map<string, string>();

  /** @returns the OID */
  of(text: string): string {
    const id = this.#ids.get(text) ?? `COM.${this.#ids.size + 1}`;
    this.#ids.set(text, id);
    return id;
  }

  lines(): string[] {
    return [...this.#ids].map(([text, id]) => {
      return `<def:CommentDef OID="${id}">${description(text)}</def:CommentDef>`;
    });
  }
}

function description(text: string): string {
  return `<Description><TranslatedText xml:lang="en">${escaped(text)}</TranslatedText></Description>`;
}

function attribute(name: string, value: string): string {
  return ` ${name}="${escaped(value)}"`;
}

function escaped(text: string): string {
  const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (sign) => signs[sign]!);
}
