/** What a stored secret looks like to everyone; sending it back means "keep what is stored". */
export const secretMask = '********'
