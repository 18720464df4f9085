// c15t as its React quick start has it: provider, banner, dialog. Its options stand in the page.
import { ConsentBanner, ConsentDialog, ConsentManagerProvider, useConsentManager } from "@c15t/react";
import { createRoot } from "react-dom/client";

/** Lets the benchmark withdraw, as an application would. */
function Store() {
  window.consentStore = useConsentManager();
  return null;
}

createRoot(document.getElementById("c15t")).render(
  <ConsentManagerProvider options={window.consentOptions}>
    <ConsentBanner />
    <ConsentDialog />
    <Store />
  </ConsentManagerProvider>,
);
