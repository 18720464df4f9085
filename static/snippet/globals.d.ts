/** What the server composes into a file: each reads its own shape of it. */
declare const __FACTS__: any;
/** The parts that only some websites need. */
declare const __EXTRAS__: ((tools: import("./types").Tools) => void) | null | undefined;
declare const __LATER__: ((tools: import("./types").Tools) => void) | undefined;
declare const __TOOLS__: import("./types").Tools;
declare module "*.css" {
  const text: string;
  export default text;
}
/** The banners of a test, one of which is drawn. */
declare const __ARMS__: { until: number; arms: { share: number; variant: string; facts: Partial<import("./types").Site> }[] };
