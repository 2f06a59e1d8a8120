import { admin } from './admin'
import { calls } from './calls'
import { cobrowse } from './cobrowse'
import { customers } from './customers'
import { knowledge } from './knowledge'
import { queue } from './queue'
import { rules } from './rules'
import { settings } from './settings'
import { shell } from './shell'

export const de = {
  ...shell,
  ...queue,
  ...customers,
  ...calls,
  ...cobrowse,
  ...rules,
  ...admin,
  ...knowledge,
  ...settings,
}
