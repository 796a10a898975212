import { expect, test } from 'vitest'
import { nameAt } from './name-at.ts'
import { bindParameters, parametersOf } from './parameters.ts'
import { splitStatements, statementAt, titleOf } from './statements.ts'

type Dialect = Parameters<typeof splitStatements>[1]
const split = (text: string, dialect: Dialect = 'postgres') => splitStatements(text, dialect).map(({ sql }) => sql)

test('a text is taken apart at semicolons that end a statement, not at those in quotes and comments', () => {
  expect(split(`select ';'; select ";" -- ;\n; /* ; /* ; */ ; */ select 3`)).toEqual([
    `select ';'`,
    `select ";" -- ;`,
    '/* ; /* ; */ ; */ select 3',
  ])
  expect(split("select $a$;$b$;$a$; select $$;$$; select E'\\';'; select 'it''s;'")).toHaveLength(4)
  expect(split("select 'a\\';' ; select \"x;y\", `a;b` # ; no\n; select 5--3; select 1", 'mysql')).toHaveLength(4)
  expect(split("select 'a\\'; select [a;b], `c;d`", 'sqlite')).toEqual(["select 'a\\'", 'select [a;b], `c;d`'])
  expect(split(';; -- only a comment\n;')).toEqual([])
})

test('what is not finished at the end is one statement', () => {
  for (const text of ["select 'open; end", 'select $x$ ; ', 'select /* ; ', 'select "a;'])
    expect(split(text)).toHaveLength(1)
})

test('the body of a trigger or a routine stays in the statement that makes it', () => {
  const trigger = 'create trigger t after insert on a begin update b set n = case when 1 then 2 end; delete from c; end'
  expect(split(`${trigger}; select 1`, 'sqlite')).toEqual([trigger, 'select 1'])
  const routine = 'create procedure p() begin if a then select 1; end if; case x when 1 then select 2; end case; end'
  expect(split(`${routine};select 2`, 'mysql')).toEqual([routine, 'select 2'])
  expect(split('begin; select 1; end; select 2')).toHaveLength(4)
})

test('the statement at the cursor is the one around it, before it on the line, or the next', () => {
  const text = 'select 1;\n\n-- about two\nselect 2; \nselect 3'
  const at = (place: number) => statementAt(text, place, 'postgres')?.sql
  expect(at(3)).toBe('select 1')
  expect(at(9)).toBe('select 1')
  expect(at(10)).toContain('select 2')
  expect(at(text.indexOf('about'))).toContain('select 2')
  expect(at(text.length)).toBe('select 3')
  expect(statementAt(' -- nothing', 3, 'postgres')).toBeUndefined()
  expect(titleOf(text.slice(10, 32), 'postgres')).toBe('select 2')
})

test('parameters are found where they are none of a string, a cast, a slice or a comment', () => {
  expect(parametersOf('select :a, \':b\', x::int, y[1:n], $2, "c:d" /* :e */ -- :f', 'postgres')).toEqual(['a', '$2'])
  expect(parametersOf('select ?, :a, "?", @v := 1, ? ', 'mysql')).toEqual(['?1', 'a', '?2'])
  expect(parametersOf("select data ? 'key', :id", 'postgres')).toEqual(['id'])
  expect(parametersOf('select ?1, ?, :x', 'sqlite')).toEqual(['?1', 'x'])
})

test('placeholders become the engine’s own, a name given twice is one value, and places lead back', () => {
  const values = { customer: '7', note: null, $1: 'first' }
  const sql = 'select :customer, :note, $1 where c = :customer and oops'
  const bound = bindParameters(sql, 'postgres', values)
  expect([bound.sql, bound.parameters]).toEqual(['select $2, $3, $1 where c = $2 and oops', ['first', '7', null]])
  expect(bound.originalPosition(bound.sql.indexOf('oops'))).toBe(sql.indexOf('oops'))
  expect(bound.originalPosition(bound.sql.indexOf('$3'))).toBe(sql.indexOf(':note'))
  expect(bound.originalPosition(0)).toBe(0)
  const marks = bindParameters('select :a, ?, :a', 'mysql', { a: 'x', '?1': 'y' })
  expect([marks.sql, marks.parameters]).toEqual(['select ?, ?, ?', ['x', 'y', 'x']])
})

test('the place of an error is a whole name, and at the end of a statement what stands last there', () => {
  const at = (text: string, place = text.indexOf('|')) => {
    const plain = text.replace('|', '')
    const { from, to } = nameAt(plain, place, 'postgres')
    return plain.slice(from, to)
  }
  expect(at('select |o.nope from t')).toBe('o.nope')
  expect(at('select |shop."no func"(1)')).toBe('shop."no func"')
  expect(at('|selec 1')).toBe('selec')
  expect(at('select 1 |+ * 2')).toBe('+')
  expect(at('select * from t where|')).toBe('where')
  expect(at('select * from t where -- nothing\n|')).toBe('where')
  expect(at('select (|; select 2')).toBe('(')
  expect(nameAt('', 0, 'postgres')).toEqual({ from: 0, to: 1 })
})
