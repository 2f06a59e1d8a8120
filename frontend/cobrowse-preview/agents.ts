/** What agents would see: built from what has passed, by the very rebuild of their view. */
import { createStage, type Stage } from '../cobrowse-view/rebuild/stage'
import { createTranslator } from '../cobrowse-view/rebuild/translate'
import { texts } from '../cobrowse-view/texts'
import { boxWords } from '../cobrowse-view/viewer'
import { pickLanguage, translator } from '../shared/i18n'
import type { ToAgents } from './wire'

const STYLE =
  'html, body { margin: 0; overflow: hidden } iframe { border: 0; background: #fff } .replayer-mouse { display: none }'

export function showAgents(language: string | undefined): (message: ToAgents) => void {
  const t = translator(pickLanguage(language), texts)
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(STYLE)
  document.adoptedStyleSheets = [sheet]
  let stage: Stage | undefined
  return ({ batches }) => {
    stage?.destroy()
    const page = createTranslator(boxWords(t))
    stage = createStage(document.body, t('page'), () => {})
    for (const [at, { ops }] of batches.entries()) stage.apply(at ? page.changes(ops) : page.snapshot(ops))
  }
}
