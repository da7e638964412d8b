import { iamCaller } from './iam-caller.ts'
import { jsonObject } from './json-body.ts'
import { problemDocument } from './problem-document.ts'

/** What our own door, Contrail's and Gelato's have in common. */
export const JSON_API = { body: jsonObject, errors: problemDocument, caller: iamCaller }
