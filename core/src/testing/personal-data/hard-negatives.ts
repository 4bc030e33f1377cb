import type { Random } from './random.ts';
import { luhnDigit } from './values.ts';

/** Things of research texts that look like personal data and are none, each by its name. */
export const HARD_NEGATIVES: Readonly<Record<string, (random: Random) => string>> = {
  doi: (r) =>
    r.fill(
      r.pick([
        '10.1016/j.cell.201#.##.###',
        '10.1038/s41586-0##-####-#',
        'https://doi.org/10.1101/20##.##.##.########',
        'doi:10.1016/S0140-6736(##)#####-#',
      ]),
    ),
  pmid: (r) => r.fill(r.pick(['PMID: ########', 'PMC#######', 'PMID 3######'])),
  trial: (r) =>
    r.fill(
      r.pick(['NCT0#######', 'ISRCTN########', 'EudraCT 20##-00####-##', 'ACTRN126##000######']),
    ),
  gene: (r) =>
    r.fill(
      r.pick([
        'ENSG00000######',
        'rs#########',
        'NM_000###.#',
        'BRCA1',
        'HGNC:#####',
        'P0####',
        'XM_#########.1',
      ]),
    ),
  accession: (r) =>
    r.fill(
      r.pick([
        'AA######.1',
        'SRR#######',
        'GSE######',
        'GCF_00000####.#',
        'PRJNA######',
        'EMD-#####',
        '^^######',
        'CP#######',
      ]),
    ),
  variant: (r) =>
    r.fill(
      r.pick([
        'chr7:55######-55######',
        'chr17:g.4#######G>A',
        'c.####+#G>T',
        'NC_0000##.1#:g.########del',
      ]),
    ),
  isbn: (r) =>
    r.fill(
      r.pick([
        '978-3-16-######-#',
        'ISBN 9780#########',
        '979-10-#####-##-#',
        'ISBN 0-1#-######-#',
        '978 3 16 ###### #',
      ]),
    ),
  issn: (r) => r.fill(r.pick(['ISSN ####-####', '0028-###X'])),
  orcid: (r) => `0000-000${r.int(1, 3)}-${r.digits(4)}-${r.digits(4)}`,
  arxiv: (r) => r.fill('arXiv:2###.0####v#'),
  hash: (r) =>
    r.fill(r.pick(['~'.repeat(64), '~'.repeat(40), 'sha256:' + '~'.repeat(64), '~~~~~~~'])),
  uuid: (r) => r.fill('~~~~~~~~-~~~~-4~~~-9~~~-~~~~~~~~~~~~'),
  numericUuid: (r) => r.fill('########-####-4###-8###-############'),
  ulid: (r) =>
    '01K' +
    Array.from({ length: 23 }, () => r.pick(Array.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ'))).join(
      '',
    ),
  date: (r) =>
    r.fill(
      r.pick([
        '20##-11-2#',
        '2#.12.20##',
        '12/2#/20##',
        '20##-11-2#T22:1#:1#.###Z',
        '2011112#',
        '20##-11-2# 22:1#:1#',
        '2026-11-2#T22:53:01+02:00',
      ]),
    ),
  epoch: (r) =>
    r.fill(r.pick(['17########', '17###########', '17##############', '17#################'])),
  coordinates: (r) =>
    r.fill(
      r.pick([
        '48.######, 2.######',
        '+52.######+013.######/',
        '52° 31\' 12.##" N',
        '(-33.######, 151.######)',
        '+48.######## +002.########',
        'EPSG:4326 13.###### 52.######',
      ]),
    ),
  money: (r) =>
    r.fill(
      r.pick([
        '$#,###,###.##',
        '12 ### ### EUR',
        'EUR 1.###.###,##',
        '¥#########',
        'USD # ### ### ###',
        '+1 ### ### USD',
      ]),
    ),
  tableOfFour: (r) =>
    Array.from({ length: r.int(4, 8) }, () => r.int(1000, 9999)).join(r.pick([' ', '\t', ', '])),
  tableOfMany: (r) =>
    Array.from({ length: r.int(5, 12) }, () => r.int(1, 99999)).join(
      r.pick([' ', '\t', '  ', '; ']),
    ),
  decimals: (r) =>
    Array.from({ length: r.int(3, 8) }, () => `${r.int(0, 9)}.${r.digits(r.int(3, 16))}`).join(' '),
  longDecimal: (r) => `0.${r.digits(16)}`,
  changes: (r) =>
    Array.from({ length: 5 }, () => `${r.pick(['+', '-'])}${r.int(0, 9)}.${r.digits(3)}`).join(' '),
  version: (r) =>
    r.fill(
      r.pick([
        'v#.#.##',
        '1.2#.#-beta.#',
        'python 3.1#.#',
        '@dapr/dapr@3.##.#',
        'lodash@#.##.#',
        '#.#.#-rc.1+2011112#',
        'pkg@1.2.#-alpha.beta',
      ]),
    ),
  ip: (r) =>
    r.pick([
      `10.${r.int(0, 255)}.${r.int(0, 255)}.${r.int(0, 255)}`,
      `2001:db8::${r.fill('~~~~')}:${r.fill('~~~~')}`,
    ]),
  cas: (r) => r.fill(r.pick(['####-##-#', '#####-##-#', '2#-##-#'])),
  enzyme: (r) => r.fill('EC #.#.#.##'),
  url: (r) =>
    r.fill(
      r.pick([
        'https://example.org/a/########?id=4###############',
        'https://www.ncbi.nlm.nih.gov/pubmed/########',
        'https://x.com/@someone/status/1##################',
        's3://bucket/20##/11/2#/part-00###.parquet',
      ]),
    ),
  repository: (r) =>
    r.fill(
      r.pick([
        'git@github.com:org/repo.git',
        'github.com/org/repo@~~~~~~~',
        'image@sha256:~~~~~~~~~~~~~~~~',
      ]),
    ),
  smiles: (r) =>
    r.pick([
      'C[C@@H](N)C(=O)O',
      'N[C@@H](CC1=CC=CC=C1)C(O)=O',
      'OC[C@H]1OC(O)[C@H](O)[C@@H](O)[C@@H]1O',
    ]),
  handle: (r) =>
    r.pick([
      '@nature',
      '@app.route("/")',
      '(@lab_x)',
      'icon@2x.png',
      'user@localhost',
      'p@0.05',
      'recall@10',
    ]),
  barcode: (r) => {
    const body = `40${r.digits(10)}`;
    const sum = Array.from(body).reduce(
      (total, digit, n) => total + Number(digit) * (n % 2 ? 3 : 1),
      0,
    );
    return `EAN ${body}${(10 - (sum % 10)) % 10}`;
  },
  grant: (r) =>
    r.fill(r.pick(['R01 CA######-0#', 'U54-HG######', 'ERC-20##-STG ######', 'BB/^######/1'])),
  patent: (r) =>
    r.fill(r.pick(['EP#######A1', 'US 10,###,### B2', 'WO 20##/######', 'EP # ### ### B1'])),
  file: (r) =>
    r.fill(
      r.pick([
        'IMG_2011112#_######.jpg',
        'run-2026112#-####.log',
        'plate_0###_A12.csv',
        'scan.#####.tiff',
      ]),
    ),
  pages: (r) =>
    r.fill(r.pick(['pp. ####-####', '20##;##(#):###-###', 'vol. ##, no. #, pp. ###–###'])),
  size: (r) =>
    r.fill(
      r.pick([
        'n = ## ###',
        'N=###,###',
        '# ### ### reads',
        '## ### ### cells',
        '3 ### ### ### bp',
      ]),
    ),
  phase: (r) =>
    r.fill(
      r.pick([
        'mobile phase 0.## mL/min',
        'cell line ###-###',
        'call rate 0.###',
        'pH 7.##',
        'phone survey of # ### people in 20##',
        'ring strain ##.#',
        'contact map ### x ###',
      ]),
    ),
  zip: (r) => r.fill(r.pick(['CA #####-####', '##### Berlin', 'SW1A #^^', '750## Paris'])),
  snowflake: (r) => r.fill('17################'),
  machine: (r) =>
    r.fill(
      r.pick(['~~:~~:~~:~~:~~:~~', 'SN-#####-####-^^', 'lot ##^^######', 'cat. no. ##-####-##']),
    ),
  badCard: (r) => {
    const body = `4${r.digits(14)}`;
    return `${body}${(Number(luhnDigit(body)) + r.int(1, 9)) % 10}`;
  },
  badIban: (r) => r.fill('DE## #### #### #### #### ##').replace(/^DE\d\d/, 'DE01'),
  study: (r) =>
    r.fill(
      r.pick([
        'subject ###-###',
        'batch ##-###-###',
        'order #########',
        'sample 12345678',
        'ticket ##########',
        'id ########',
      ]),
    ),
};
