/** Who owns everything here: there is one account. */
export const OWNER = { ID: 'local', DisplayName: 'local' }
