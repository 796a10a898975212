import { AppError } from '#lib/core/errors'

export const nameTaken = (name: string): AppError => {
  const message = `There is already a credential “${name}”. Choose another name.`
  return new AppError('name_taken', message, { errors: [{ pointer: '/name', message }] })
}
