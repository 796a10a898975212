import { describe, expect, it } from 'vitest'
import { actionOf, destination } from './list-keys.ts'

describe('keys of the list', () => {
  it('move, test, edit, choose, search and clear from everywhere on the page', () => {
    const keys = ['j', 'k', 't', 'e', 'x', 'X', '/', 'Escape']
    expect(keys.map((key) => actionOf(key, 'page', false))).toEqual([
      'next',
      'previous',
      'test',
      'edit',
      'select',
      'range',
      'search',
      'clear',
    ])
  })

  it('leave the arrows to the page until a row was reached, and to other controls always', () => {
    expect(actionOf('ArrowDown', 'page', false)).toBeUndefined()
    expect(actionOf('ArrowDown', 'page', true)).toBe('next')
    expect(actionOf('ArrowDown', 'row', true)).toBe('next')
    expect(actionOf('ArrowDown', 'control', true)).toBeUndefined()
  })

  it('open the active row with Enter where no link or button would', () => {
    expect(actionOf('Enter', 'page', true)).toBe('open')
    expect(actionOf('Enter', 'row', true)).toBeUndefined()
    expect(actionOf('Enter', 'control', true)).toBeUndefined()
  })

  it('do nothing for names that every object has', () => {
    expect(actionOf('constructor', 'row', true)).toBeUndefined()
  })

  it('stop at both ends and begin at the first row', () => {
    expect(destination('next', -1, 3)).toBe(0)
    expect(destination('previous', -1, 3)).toBe(0)
    expect(destination('next', 2, 3)).toBe(2)
    expect(destination('previous', 0, 3)).toBe(0)
    expect(destination('last', 0, 3)).toBe(2)
    expect(destination('next', 0, 0)).toBeUndefined()
    expect(destination('test', 0, 3)).toBeUndefined()
  })
})
