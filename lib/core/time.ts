/** A time as a row holds it; text in ISO form where the row was read for a list, which only shows it. */
export type Time = Date | string

export const isoTime = (time: Time): string => (typeof time === 'string' ? time : time.toISOString())

export const time_ms = (time: Time): number => (typeof time === 'string' ? Date.parse(time) : time.getTime())
