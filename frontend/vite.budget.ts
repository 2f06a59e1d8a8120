import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Host pages pay for every byte of the widget: one file, and never above so many bytes gzip. */
export function budget(limit: number): Plugin {
  return {
    name: 'budget',
    generateBundle(_options, bundle) {
      const files = Object.values(bundle)
      if (files.length !== 1) this.error(`must be one file, not ${files.map((file) => file.fileName).join(', ')}`)
      for (const file of files) {
        const size = gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 }).length
        if (size > limit) this.error(`${file.fileName} weighs ${size} bytes gzip, allowed are ${limit}`)
        this.info(`${file.fileName} ${size} of ${limit} bytes gzip`)
      }
    },
  }
}
