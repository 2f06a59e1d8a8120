/** What came of a call, as its agent says. */
import type { Key } from '../i18n'
import type { Disposition } from './types'

export const DISPOSITIONS: Record<Disposition, Key> = {
  solved: 'disposition.solved',
  follow_up: 'disposition.follow_up',
  wrong_number: 'disposition.wrong_number',
  no_interest: 'disposition.no_interest',
  do_not_call: 'disposition.do_not_call',
  other: 'disposition.other',
}
