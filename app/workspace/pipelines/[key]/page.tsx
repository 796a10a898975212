import type { Metadata } from 'next'
import { cache } from 'react'
import { foundOr404 } from '#components/layout/found-or-404'
import { PipelineDetail } from '#components/pipelines/pipeline-detail'
import { pageActor } from '#lib/auth/page'
import { getPipeline } from '#lib/pipelines/operations'

interface PageProps {
  params: Promise<{ key: string }>
}

const load = cache(async (key: string) => foundOr404(getPipeline(await pageActor(), { key: decodeURIComponent(key) })))

export const generateMetadata = async ({ params }: PageProps): Promise<Metadata> => ({
  title: (await load((await params).key)).name,
})

export default async function Page({ params }: PageProps) {
  return <PipelineDetail pipeline={await load((await params).key)} />
}
