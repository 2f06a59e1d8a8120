import { useI18n } from '../i18n'
import { Kbd } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { SHORTCUTS } from './shortcuts'

export function ShortcutSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useI18n()
  return (
    <Dialog open={open} onClose={onClose} title={t('user.shortcuts')} wide>
      <div className="sheet">
        {SHORTCUTS.map((group) => (
          <section key={group.title} className="sheet-group">
            <h3>{t(group.title)}</h3>
            <dl>
              {group.shortcuts.map(({ keys, label }) => (
                <div key={keys + label} className="sheet-line">
                  <dt>{t(label)}</dt>
                  <dd>
                    <Kbd keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
