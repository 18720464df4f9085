declare const __SITE__: import("./types").Site;
declare const __DETAILS__: import("./types").Details;
declare module "*.css" {
  const text: string;
  export default text;
}
