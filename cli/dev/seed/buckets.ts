/** What the first start fills, and what it leaves empty. */
export const SOURCE = 'photos'
export const DESTINATION = 'photos-archive'
