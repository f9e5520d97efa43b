// Voilà's page asks for MathJax 2 at once, from another host unless told otherwise. Formulas are
// MathML here, so it gets one that does nothing.
(() => {
  const nothing = () => {};
  const hub = { Config: nothing, Configured: nothing, Queue: nothing };
  window.MathJax = { Ajax: {}, Hub: { ...hub, Register: { StartupHook: nothing } } };
})();
