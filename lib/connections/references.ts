/** What pipelines need of connections: the rule by which a name in a definition leads to one. */
export { bindReferences, holdNamed, holdNames } from './naming-store.ts'
