/** Country calling codes of two digits (ITU-T E.164, list of assigned codes); 1 and 7 have one, all others three. */
const OF_TWO = new Set(
  (
    '20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 ' +
    '81 82 84 86 90 91 92 93 94 95 98'
  ).split(' '),
);

/** Codes of three digits that are assigned. */
const OF_THREE =
  /^(?:21[12368]|2[2-4]\d|25[0-8]|26\d|29[01789]|35\d|37\d|38[0-35-79]|42[013]|50\d|59\d|67[02-9]|68[0-35-9]|69[0-2]|80[08]|85[02356]|87[08]|88[0-368]|96[0-8]|97[0-79]|99[2-68])/;

/** Fewest and most digits behind a code, from the national numbering plans that ITU-T publishes; of others 7 to 10. */
const LENGTHS: ReadonlyMap<string, readonly [fewest: number, most: number]> = new Map([
  ['1', [10, 10]],
  ['7', [10, 10]],
  ...ranges(8, 10, '20 60 63 64 82 977'),
  ...ranges(9, 9, '27 31 33 34 40 41 48 56 61 93 94 212 351 375 380 420 421 963 970 992 994 995'),
  ...ranges(9, 9, '996 998 966'),
  ...ranges(10, 10, '30 57 58 90 91 98 880 964'),
  ...ranges(8, 9, '32 36 51 66 213 355 359 377 381 385 855 886 962 971 972'),
  ...ranges(8, 11, '39'),
  ...ranges(7, 12, '43'),
  ...ranges(9, 10, '44 81 84 92'),
  ...ranges(8, 8, '45 47 53 65 216 356 357 370 371 373 374 382 386 387 389 852 853 965 968'),
  ...ranges(8, 8, '973 974 975 976'),
  ...ranges(7, 10, '46 95 358'),
  ...ranges(7, 11, '49'),
  ...ranges(10, 11, '52 54 55 86'),
  ...ranges(8, 12, '62'),
  ...ranges(6, 9, '352'),
  ...ranges(7, 9, '353'),
  ...ranges(7, 7, '354 423'),
  ...ranges(7, 8, '372 961'),
]);

function ranges(
  fewest: number,
  most: number,
  codes: string,
): readonly (readonly [string, readonly [number, number]])[] {
  return codes.split(' ').map((code) => [code, [fewest, most]]);
}

/** Whether some digits, without the plus, are a calling code and as many digits as its country has behind it. */
export function isInternationalNumber(digits: string): boolean {
  const first = digits[0] ?? '';
  const two = digits.slice(0, 2);
  const code =
    first === '1' || first === '7'
      ? first
      : OF_TWO.has(two)
        ? two
        : OF_THREE.test(digits)
          ? digits.slice(0, 3)
          : undefined;
  if (code === undefined) return false;
  const given = digits.slice(code.length);
  // No plan but Italy's, San Marino's and a few African ones keeps a leading zero; many people write it all the same.
  const keepsZero = /^(?:39|378|2)/.test(digits) && !digits.startsWith('27');
  const rest = keepsZero ? given : given.replace(/^0/, '');
  const [fewest, most] = LENGTHS.get(code) ?? [7, 10];
  if (rest.length < fewest || rest.length > most || digits.length > 15) return false;
  return code !== '1' || isNanp(rest);
}

/** Whether ten digits fit the North American Numbering Plan: area code and exchange begin with 2 to 9. */
function isNanp(digits: string): boolean {
  return /^[2-9]\d{2}[2-9]\d{6}$/.test(digits);
}
