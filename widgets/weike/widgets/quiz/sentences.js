// A refusal as a sentence to a person.

export function sentence(t, { code, message }) {
  if (code === "network") return t("No answer came back. Your answers are kept; please try again.");
  if (code === "kernel") return t("No answer came back. Reload the page, or run the cell again in the notebook.");
  if (code === "busy") return t("The server cannot save just now. Your answers are kept and will be sent.");
  if (code === "forbidden") return t("Please reload this page. Your answers are kept.");
  if (code === "signin") return t("Please sign in again. Your answers are kept on this device.");
  if (code === "member") return t("Somebody else is signed in here now. Your answers wait on this device until you sign in again.");
  if (message && message !== code) return message[0].toUpperCase() + message.slice(1);
  return t("This did not work ({code}). Please try again.", { code });
}
