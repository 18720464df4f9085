/**
 * Only in the first file of a website that tests two banners, and before everything else in it: draws one of them for this page view. It
 * keeps nothing, so nobody is told apart by it. Who has answered is not asked, so the first one, the control, is theirs.
 */
const { until, arms } = __ARMS__;
try {
  // Caches may hold this file beyond the end of the test.
  if (Date.now() < until * 1000 && !/(^|;) *sayso=/.test(document.cookie)) {
    let left = Math.random() * 100;
    const arm = arms.find(({ share }) => (left -= share) < 0);
    if (arm) {
      Object.assign(__FACTS__, arm.facts);
      __FACTS__.sent.variant = arm.variant;
    }
  }
} catch {
  // A page without cookies of its own takes no part.
}
export {};
