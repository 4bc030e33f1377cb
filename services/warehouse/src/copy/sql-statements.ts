/** The statements of a file of `eval/sql`, one by one and without comments. None of them has a semicolon at the end of a line within. */
export function sqlStatements(text: string): string[] {
  return text
    .replaceAll(/^--.*$/gm, '')
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
