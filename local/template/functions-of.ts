import { readTemplate } from './read-template.ts'

const NOWHERE = { apiUrl: 'http://127.0.0.1', awsUrl: 'http://127.0.0.1' }

/** The functions of an assembly, by their names, with the folders of their code. */
export const functionsOf = (assemblyDir: string): { name: string; codeDir: string }[] =>
  readTemplate(assemblyDir, NOWHERE).functions.map(({ name, codeDir }) => ({ name, codeDir }))
