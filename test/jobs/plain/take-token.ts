/** Takes the task token and never answers; a test answers in its place. */
export const handler = async (): Promise<void> => undefined
