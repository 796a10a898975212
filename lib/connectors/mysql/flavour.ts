/** Which of the family a server is, by its version text and, once logged in, its comment on it. */
export const flavourOf = (version: string, comment = ''): string =>
  flavours.find(([pattern]) => pattern.test(`${version} ${comment}`))?.[1] ?? 'MySQL'

const flavours: [RegExp, string][] = [
  [/mariadb/i, 'MariaDB'],
  [/tidb/i, 'TiDB'],
  [/planetscale/i, 'PlanetScale'],
  [/vitess/i, 'Vitess'],
  [/singlestore|memsql/i, 'SingleStore'],
  [/oceanbase/i, 'OceanBase'],
  [/starrocks/i, 'StarRocks'],
  [/doris/i, 'Apache Doris'],
  [/percona/i, 'Percona Server'],
  [/-google/i, 'Cloud SQL for MySQL'],
]

/** `10.11.19` of `5.5.5-10.11.19-MariaDB-0+deb12u1`. MariaDB puts an old number before its own for old clients. */
export const readableVersion = (version: string): string =>
  /^\d+\.\d+(?:\.\d+)?/.exec(version.replace(/^5\.5\.5-(?=\d+\.)/, ''))?.[0] ?? version.slice(0, 40)

/** As one number, e.g. 101119 for 10.11.19. */
export const versionNumber = (version: string): number => {
  const [major = 0, minor = 0, patch = 0] = readableVersion(version).split('.').map(Number)
  return major * 10_000 + minor * 100 + patch
}
