/**
 * Only in the file of a website whose partners want it: the global function that Meta's and its imitators' tags look for. It queues calls
 * until the real one is there, and leaves an existing one alone.
 */
__TOOLS__.kinds.stub = (scope, name, queue) => {
  /** @type {any} */
  const f = function () {
    f.callMethod ? f.callMethod.apply(f, arguments) : (f[queue] = f[queue] || []).push(arguments);
  };
  scope[name] = scope[name] || Object.assign(f, { push: f, loaded: true, version: "2.0" });
};
