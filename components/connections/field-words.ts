/** `secret_access_key` → `Secret access key`. */
export const fieldWords = (field: string): string => field.charAt(0).toUpperCase() + field.slice(1).replaceAll('_', ' ')
