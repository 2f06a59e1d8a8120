// Prism writes only that something is wrong into its log; which field it was, it tells the sender alone. This tells both.
const { ProblemJsonError } = require('@stoplight/prism-http')

const toProblemJson = ProblemJsonError.toProblemJson
ProblemJsonError.toProblemJson = (error) => {
  const problem = toProblemJson(error)
  const found = (problem.validation ?? []).map((one) => `${one.location.join('.')}: ${one.message}`)
  console.log(`WHICH FIELD ${found.join('; ') || problem.detail}`)
  return problem
}
