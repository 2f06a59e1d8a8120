import { useMutation } from '@tanstack/react-query'
import { Code } from 'lucide-react'
import { api } from '../api/client'
import { reportError } from '../app/errors'
import { useI18n } from '../i18n'
import { Button } from '../ui/Button'

/** The mail byte for byte, as a download. */
export function RawMail({ id }: { id: string }) {
  const { t } = useI18n()
  const download = useMutation({
    mutationFn: () => api.file(`/api/entries/${id}/raw`),
    onSuccess: save,
    onError: (error) => reportError(error, t),
  })
  return (
    <Button small variant="quiet" icon={Code} busy={download.isPending} onClick={() => download.mutate()}>
      {t('mail.raw')}
    </Button>
  )
}

function save(file: File): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = file.name
  link.click()
  URL.revokeObjectURL(link.href)
}
