import type { Pdf } from './fitted-text.ts';
import { srgbProfile } from './srgb-profile.ts';

/** What the metadata of a file repeat from its information. */
export interface Described {
  readonly title: string;
  readonly author: string;
  /** YYYY-MM-DD. */
  readonly made: string;
  readonly language: string;
}

/**
 * Makes a document one that can be archived (ISO 19005-2, PDF/A-2b): its metadata as XMP, and the colour space that
 * its colours are meant in. pdfkit would read the profile from a file, and does not escape a title.
 */
export function makeArchival(pdf: Pdf, about: Described): void {
  const document = pdf as unknown as AtItsEnd;
  document.endMetadata = () => {
    const profile = document.ref({ N: 3 });
    profile.end(srgbProfile());
    const name = new String(SRGB);
    const intent = document.ref({
      Type: 'OutputIntent',
      S: 'GTS_PDFA1',
      Info: name,
      OutputConditionIdentifier: name,
      DestOutputProfile: profile,
    });
    intent.end();
    const metadata = document.ref({ Type: 'Metadata', Subtype: 'XML' });
    metadata.compress = false;
    metadata.end(Buffer.from(xmp(about)));
    Object.assign(document._root.data, { OutputIntents: [intent], Metadata: metadata });
  };
}

const SRGB = 'sRGB IEC61966-2.1';

/** pdfkit writes the metadata last, before the catalogue. Its types leave this out. */
interface AtItsEnd {
  endMetadata: () => void;
  readonly ref: (data: object) => { compress: boolean; end(content?: Uint8Array): void };
  readonly _root: { readonly data: object };
}

/** The metadata (ISO 16684-1), which agree with the information of the file. */
function xmp({ title, author, made, language }: Described): string {
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escaped(title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>${escaped(author)}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>${escaped(language)}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>randose</xmp:CreatorTool>
<xmp:CreateDate>${made}T00:00:00Z</xmp:CreateDate>
<pdf:Producer>randose</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>`;
}

function escaped(text: string): string {
  return text
    .replace(/\p{Cc}/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
