// Why a request was not answered. `code` is the protocol's, or one of
//   network  nothing came back       kernel     nothing came back from the notebook
//   signin   nobody is signed in     member     somebody else is signed in
//   busy     the server cannot now   forbidden  the page is too old to write
// `passing` says that the same request may work later, `after` in how many ms at the soonest.

export class Refusal extends Error {
  constructor(code, message, { passing = false, after = 0 } = {}) {
    super(message || code);
    this.code = code;
    this.passing = passing;
    this.after = after;
  }
}
