/** The shapes that cross the border of the snippet: what the server composes into it, and what it remembers. */

export type Optional = "performance" | "functional" | "targeting";
export type Code = "strictly_necessary" | Optional;
export type Signal = "dnt" | "gpc";
export type Signals = Record<Signal, boolean>;
export type Choice = Record<Optional, boolean>;
export type Exceptions = Record<string, boolean>;
/** What a tag or a signal does: data, never code. */
export type Step = any[];

/** A row of the law as the version in force has it; what is as in the strictest row is left out. */
export interface Regime {
  code: string; model?: string; signals?: Signal[]; grant_days: number; refusal_days: number;
  defaults?: Partial<Choice>; reach?: string; accepts?: string[] | null; first_layer?: string[] | true;
}
export interface Policy { dnt?: string }

/** The parsed consent cookie. */
export interface Stored {
  version: string; decided_at: number; categories: Choice; consent_id: string; regime: string; signals: Signals; partners: Exceptions;
}

/** What decide() needs to know of the live version; digest is its first 12 hex digits. */
export interface Version {
  digest: string; ordinals: Record<string, number>; categories: Record<Optional, number>;
  partners: { slug: string; category: Code; added: number; sale_or_share?: boolean; starts_at?: number }[];
  /** ordinal → from when those who had answered before are asked about it; until when they are told what changed */
  grace?: Record<string, number>; announce_until?: number;
}

export interface Grants { categories: Record<Code, boolean>; partners: Record<string, boolean> }
export type Reason = "undecided" | "expired" | "moved" | "signal" | "decided" | "changed" | "announced";
export interface Decision { show: "banner" | "notice" | "nothing"; reason: Reason; grants: Grants }

export interface PartnerSignal { name: string; default?: Step[]; update?: Step[]; grant?: Step[]; deny?: Step[]; /** only for what the website runs on */ answer?: Step[] }
export interface SitePartner {
  slug: string; name: string; category: Code; added: number; sale_or_share?: boolean; starts_at?: number; entity?: string;
  /** only where a website chose automatic blocking: patterns, and whether the website lets it load before a yes */
  hosts?: string[]; early?: boolean;
  cookies?: string[]; storage?: string[]; databases?: string[]; loader?: Step[]; signals?: PartnerSignal[];
}

/** `__FACTS__` of the first file: what the server composes into the first file. */
export interface Site {
  /** languages: the other ones that are offered, at the short address only */
  cookie_domain?: string; /** a path of the website that sets the cookie by header */ keep_path?: string; key: string; version: string; /** what events say of this file: the snippet's build, and, while two banners are tested, the arm that was drawn */ sent: { build: string; variant?: string }; language: string; languages?: string[]; direction: "ltr" | "rtl";
  /** the one for everybody else first */
  regimes: Regime[]; policy: Policy; ordinals: Record<string, number>; categories: Record<Optional, number>; grace?: Record<string, number>; announce_until?: number;
  partners: SitePartner[]; cookies?: Partial<Record<Code, string[]>>; storage?: Partial<Record<Code, string[]>>; databases?: Partial<Record<Code, string[]>>;
  texts: Record<string, string>; /** style sheets: the website's colours, and where its layers stand */ tokens: string; layout: string;
  settings_button?: boolean; preferences: string; /** the hosted preference page; the declaration and the record are below it */ page: string;
}

/** `__FACTS__` of the second file: what the server composes into the second file. */
export interface Details {
  language: string; texts: Record<string, string>;
  categories: { code: Code; title: string; description: string }[];
  opt_out_links: { label: string; url: string }[];
  policy: { dnt: Policy["dnt"]; explanation: string; /** only where DNT is disregarded */ statements?: string[] };
  /** of the declaration's file only: who is responsible, and what signals do here */
  controller: { name: string; contact: string; privacy_policy_url: string }; statements: string[];
  /** of the third file only: what is announced */
  news?: News;
  /** names of the files for what few need */
  files: Record<string, string>;
  partners: DetailPartner[]; cookies: DetailCookie[];
}
/** What is announced: the website's own words, and what changed. */
export interface News { text: string; changes: { kind: string; name: string; category: string; starts_at: number }[] }
export interface DetailPartner { starts_at?: number; slug: string; name: string; entity: string; country: string; category: Code; purpose: string; notice: string; opt_out: string }
export interface DetailCookie {
  name: string; partner: string | null; category: Code; technology: string; party: "first" | "third"; lifetime: string; domain: string; purpose: string;
}

/** What the first file lends to the second. */
export interface Tools {
  kinds: typeof import("./steps").kinds;
  site: Site;
  state: State;
  addScript(address: string): HTMLScriptElement;
  allows(category: string | undefined, partner?: string): boolean | undefined;
  arrive(): void;
  ask(name: string, title: string, words: (Node | string)[], twins: Act[], ...wide: Act[]): void;
  clear(): void;
  /** only for files that the second one loads */
  details?: Details;
  cookies(): string;
  keep(): void;
  place(name: string, attributes: Record<string, string>, words: (Node | string)[], inside: Node): HTMLElement;
  setCookie(cookie: string): void;
  shown(): string | undefined;
  unwanted(kind: "cookies" | "storage" | "databases"): string[];
  boot(): void;
  choose(categories: Partial<Choice>, partners?: Exceptions): Answer;
  el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes?: Record<string, string | number> | null, ...children: (Node | string)[]): HTMLElementTagNameMap[K];
  emit(name: string): void;
  everything(granted: boolean): Answer;
  guard<T>(work: () => T): T | undefined;
  home: URL;
  present(): void;
  settle(action: string, surface: string, event: Event | null, choice: Answer): void;
  shell(attributes: Record<string, string>, css: string, ...inside: Node[]): HTMLElement;
  show(element: HTMLElement): void;
  style(root: Document | ShadowRoot, css: string): { replaceSync(css: string): void };
  endpoint(name: string): string;
  /** loads the second file, if need be; false where the page allows no script of ours */
  withDetails(then?: (panel: Panel) => void): boolean;
  /** only for the second file: it is there */
  ready?(panel: any): void;
}
export interface State { regime: Regime; stored: Stored | null; count: number; /** document.cookie, as it was then */ header: string; signals: Signals; decision: Decision; receipt: string; /** for the place to be known */ waiting?: unknown; /** another file takes over */ elsewhere?: boolean }
export interface Answer { categories: Choice; partners: Exceptions }
export type Act = [name: string, label: string, run?: (event: Event) => void];
/** What the second file can do for the first. */
export interface Panel {
  open(): void;
  declare(place: Element): void;
  hold(place: HTMLElement): void;
  welcome(otherwise: () => void): void;
  present(): void;
  confirm(): void;
  sweep(): void;
}
