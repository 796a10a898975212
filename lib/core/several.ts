import * as z from 'zod'

/** Several values of one filter, of which any has to fit: `prod,staging`. */
export const several = <S extends z.ZodType<string, string>>(value: S) =>
  z
    .string()
    .max(2_000)
    .transform((text) => [...new Set(text.split(','))])
    .pipe(z.array(value).max(50))
