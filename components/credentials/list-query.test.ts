import { describe, expect, it } from 'vitest'
import { credentialsHref, isNarrowed, parseCredentialQuery } from './list-query.ts'

describe('the list’s address', () => {
  it('keeps what it knows and leaves out the rest, so that an old bookmark still opens', () => {
    const query = parseCredentialQuery({ type: 'aws', due: 'soon', status: 'melted', used: ['true'], q: '', x: '1' })
    expect(query).toEqual({ type: 'aws', due: 'soon' })
    expect(credentialsHref(query)).toBe('/workspace/credentials?type=aws&due=soon')
  })

  it('drops one filter and keeps the others', () => {
    expect(credentialsHref({ type: 'aws', q: 'a&b' }, { type: null })).toBe('/workspace/credentials?q=a%26b')
    expect(credentialsHref({ type: 'aws' }, { type: null })).toBe('/workspace/credentials')
  })

  it('does not take the deleted view for a filter', () => {
    expect(isNarrowed({ status: 'deleted' })).toBe(false)
    expect(isNarrowed({ status: 'disabled' })).toBe(true)
  })
})
